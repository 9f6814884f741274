import { defineAgent } from 'holdfast';

export default defineAgent({
  name: 'boss',
  description: 'Lets a worker do it.',
  grants: ['Agent:v1/worker'],
});
