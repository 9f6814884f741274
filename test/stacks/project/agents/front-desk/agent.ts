import { defineAgent } from 'holdfast';

export default defineAgent({
  name: 'front-desk',
  description: 'Books rooms, with both versions of the skill in use.',
  grants: ['RoomBooking:v1', 'RoomBooking:v2', 'Notes:v1'],
  playbooks: {},
});
