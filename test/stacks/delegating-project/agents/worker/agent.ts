import { defineAgent } from 'holdfast';

export default defineAgent({
  name: 'worker',
  description: 'Does it.',
  grants: [],
});
