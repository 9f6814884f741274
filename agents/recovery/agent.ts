import { defineAgent } from 'holdfast';

export default defineAgent({
  name: 'recovery',
  description:
    'Finds out why a step of another agent failed, and decides what to do about it. It can do nothing itself.',
  grants: [],
});
