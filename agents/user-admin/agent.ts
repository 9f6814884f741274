import { defineAgent, definePlaybook } from 'holdfast';
import * as z from 'zod';

const line = z.string().trim().min(1).max(100);
const userId = z.string().regex(/^US[0-9]{6,12}$/, 'must look like US000001');

export default defineAgent({
  name: 'user-admin',
  description: 'Gives people their accounts and roles, and removes accounts with approval.',
  extends: ['base'],
  grants: [
    'UserManagement:v2/read',
    'UserManagement:v2/find',
    'UserManagement:v2/create',
    'UserManagement:v2/rename',
    'UserManagement:v2/grantRole',
    'UserManagement:v2/revokeRole',
    { grant: 'UserManagement:v2/remove', approval: 'required' },
    // Plans from before the second version still look users up with the first.
    'UserManagement:v1/read',
    'UserManagement:v1/find',
    'Email:v1/send',
  ],
  deadline: '7d',
  playbooks: {
    'onboard-user': definePlaybook({
      description: 'Give a new colleague an account with one role, and write a welcome.',
      input: z.strictObject({
        name: line,
        displayName: line.describe('As the new colleague wrote it into the form'),
        email: z.email().max(200),
        role: z.enum(['viewer', 'editor', 'billing', 'admin']),
      }),
      untrusted: ['displayName'],
      steps: [
        {
          id: 'create',
          skill: 'UserManagement:v2',
          action: 'create',
          input: { name: '${input.name}', displayName: '${input.displayName}', email: '${input.email}' },
          why: 'The colleague needs an account, and a new account may do nothing yet.',
        },
        {
          id: 'grant-role',
          skill: 'UserManagement:v2',
          action: 'grantRole',
          input: { userId: '${steps.create.output.userId}', role: '${input.role}' },
          why: 'The role is given by itself, so that it is seen who gave it.',
        },
        {
          id: 'welcome',
          skill: 'Text:v1',
          action: 'template',
          input: {
            template: 'Welcome, {displayName}!\nLog in as {name}. You may begin as {role}.',
            values: { displayName: '${input.displayName}', name: '${input.name}', role: '${input.role}' },
          },
          dependsOn: ['grant-role'],
          why: 'The colleague has to know how to log in.',
        },
        {
          id: 'note',
          skill: 'Notes:v1',
          action: 'write',
          input: { tag: 'arrivals', text: '${steps.welcome.output.text}' },
          why: 'It is asked later who came and with which role.',
        },
        {
          id: 'mail',
          skill: 'Email:v1',
          action: 'send',
          input: { to: ['${input.email}'], subject: 'Your account', text: '${steps.welcome.output.text}' },
          dependsOn: ['note'],
          why: 'A mail can be neither deduplicated nor looked up, so it comes when all else is settled.',
        },
      ],
      output: {
        userId: '${steps.create.output.userId}',
        roles: '${steps.grant-role.output.roles}',
        welcome: '${steps.welcome.output.text}',
      },
    }),

    'offboard-user': definePlaybook({
      description: 'Remove the account of somebody who leaves, once a person has approved it.',
      input: z.strictObject({ userId, reason: z.string().trim().min(1).max(500) }),
      steps: [
        {
          id: 'read',
          skill: 'UserManagement:v2',
          action: 'read',
          input: { userId: '${input.userId}' },
          why: 'Whoever approves has to see whom it is about.',
        },
        {
          id: 'remove',
          skill: 'UserManagement:v2',
          action: 'remove',
          input: { userId: '${input.userId}' },
          dependsOn: ['read'],
          why: 'Somebody who has left may not log in any more. It cannot be undone, so a person approves it.',
        },
        {
          id: 'minutes',
          skill: 'Text:v1',
          action: 'template',
          input: {
            template: 'The account {userId} of {name} ({email}) was removed: {reason}',
            values: {
              userId: '${steps.remove.output.userId}',
              name: '${steps.read.output.name}',
              email: '${steps.read.output.email}',
              reason: '${input.reason}',
            },
          },
          why: 'It is asked later who was removed and why.',
        },
        {
          id: 'note',
          skill: 'Notes:v1',
          action: 'write',
          input: { tag: 'departures', text: '${steps.minutes.output.text}' },
          why: 'Minutes are of use where they are found again.',
        },
      ],
      output: { userId: '${steps.remove.output.userId}', minutes: '${steps.minutes.output.text}' },
    }),
  },
});
