import { defineAgent, definePlaybook } from 'holdfast';
import * as z from 'zod';

export default defineAgent({
  name: 'reception',
  description: 'Receives new colleagues: hands their account to user-admin and their first trip to trip-planner.',
  extends: ['base'],
  grants: ['Agent:v1/user-admin', 'Agent:v1/trip-planner'],
  deadline: '7d',
  playbooks: {
    'receive-colleague': definePlaybook({
      description: 'Give a new colleague an account, and book the trip to the first day at work.',
      input: z.strictObject({
        colleague: z.looseObject({}).describe('The input of the playbook onboard-user of user-admin'),
        trip: z.looseObject({}).describe('The input of the playbook book-trip of trip-planner'),
      }),
      untrusted: ['colleague.displayName'],
      steps: [
        {
          id: 'account',
          skill: 'Agent:v1',
          action: 'user-admin',
          input: { playbook: 'onboard-user', input: '${input.colleague}' },
          why: 'Only user-admin may create accounts.',
        },
        {
          id: 'trip',
          skill: 'Agent:v1',
          action: 'trip-planner',
          input: { playbook: 'book-trip', input: '${input.trip}' },
          why: 'Trips are what trip-planner is for; it need not wait for the account.',
        },
      ],
      output: { account: '${steps.account.output.result}', trip: '${steps.trip.output.result}' },
    }),
  },
});
