import { defineAgent } from 'holdfast';

export default defineAgent({
  name: 'base',
  description: 'What every agent may do. It has no plans of its own; others extend it.',
  grants: ['Text:v1', 'Notes:v1/find', 'Notes:v1/write'],
});
