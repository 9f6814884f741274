import { defineAction, defineSkill } from 'holdfast';
import * as z from 'zod';

export default defineSkill({
  id: 'RoomBooking:v1',
  release: '1.0.0',
  description: 'Books rooms, the old way',
  settings: ['ROOM_API_URL'],
  dependency: 'room-api',
  secrets: ['ROOM_API_KEY', 'ROOM_API'],
  actions: {
    run: defineAction({
      description: 'Answers with a text that is in no other skill.',
      input: z.object({}),
      output: z.object({ marker: z.string() }),
      effect: { class: 'P' },
      timeoutSeconds: 20,
      run: async () => ({ marker: 'marker-of-room-booking-v1' }),
    }),
  },
});
