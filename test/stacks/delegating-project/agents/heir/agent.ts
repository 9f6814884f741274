import { defineAgent } from 'holdfast';

export default defineAgent({
  name: 'heir',
  description: 'May what boss may.',
  grants: [],
  extends: ['boss'],
});
