import { defineAgent } from 'holdfast';

export default defineAgent({
  name: 'garage',
  description: 'Reserves cars, by one action of the skill.',
  grants: ['CarDesk:v1/run', 'Notes:v1/run'],
  playbooks: {},
});
