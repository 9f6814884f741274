import { defineAgent } from 'holdfast';

export default defineAgent({
  name: 'loner',
  description: 'Neither hands on nor is handed anything.',
  grants: [],
});
