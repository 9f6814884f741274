import { defineAction, defineSkill } from 'holdfast';
import * as z from 'zod';
import { foundAmong, matches, newProfile, profile, userId, UserDirectory, wanted } from '../user-directory.ts';

export default defineSkill({
  id: 'UserManagement:v1',
  release: '1.0.0',
  description: 'Finds, creates, renames and removes users.',
  settings: ['BACK_OFFICE_URL'],
  network: ['$BACK_OFFICE_URL'],
  dependency: 'user-directory',
  deprecated: { replacedBy: 'UserManagement:v2' },
  actions: {
    read: defineAction({
      description: 'Read one user by id.',
      input: z.strictObject({ userId }),
      output: profile,
      effect: { class: 'P' },
      timeoutSeconds: 10,
      // Users choose their own names.
      trust: 'untrusted',
      endorses: { userId: 'lookup', status: 'enum' },
      run: ({ userId }, context) => new UserDirectory(context).read(userId),
    }),

    find: defineAction({
      description: 'Find users by email, or by a part of a name. At most 50 are listed.',
      input: wanted,
      output: z.object({ ...matches, users: z.array(profile) }),
      effect: { class: 'P' },
      timeoutSeconds: 10,
      trust: 'untrusted',
      endorses: { userId: 'lookup', status: 'enum' },
      run: async (query, context) => foundAmong(await new UserDirectory(context).find(query)),
    }),

    create: defineAction({
      description: 'Create a user.',
      input: z.strictObject(newProfile),
      output: profile,
      effect: { class: 'K', keyTtl: '24h' },
      timeoutSeconds: 10,
      endorses: { userId: 'minted', status: 'enum' },
      run: (user, context) => new UserDirectory(context).create(user),
      check: ({ email }, created) => (created.email === email ? [] : [`${created.email} was created instead`]),
    }),

    rename: defineAction({
      description: 'Change the name by which others see a user.',
      input: z.strictObject({ userId, displayName: newProfile.displayName }),
      output: profile.pick({ userId: true, displayName: true }),
      effect: { class: 'K', keyTtl: '24h' },
      timeoutSeconds: 10,
      run: ({ userId, displayName }, context) => new UserDirectory(context).rename(userId, displayName),
      check: ({ displayName }, renamed) =>
        renamed.displayName === displayName ? [] : [`the name is '${renamed.displayName}' instead`],
    }),

    remove: defineAction({
      description: 'Remove a user for good.',
      input: z.strictObject({ userId }),
      output: profile.pick({ userId: true }),
      effect: { class: 'N' },
      timeoutSeconds: 10,
      sensitive: ['userId'],
      run: async ({ userId }, context) => {
        await new UserDirectory(context).remove(userId);
        return { userId };
      },
    }),
  },
});
