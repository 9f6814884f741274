import { defineAction, defineSkill } from 'holdfast';
import * as z from 'zod';
import { foundAmong, matches, newProfile, profile, userId, UserDirectory, wanted } from '../user-directory.ts';

const role = z.enum(['viewer', 'editor', 'billing', 'admin']);
const user = profile.extend({ roles: z.array(role) });
type User = z.infer<typeof user>;

const roleChange = {
  input: z.strictObject({ userId, role }),
  output: user.pick({ userId: true, roles: true }),
  effect: { class: 'K', keyTtl: '24h' },
  timeoutSeconds: 10,
  sensitive: ['userId', 'role'],
} as const;

export default defineSkill({
  id: 'UserManagement:v2',
  release: '2.0.0',
  description: 'Finds, creates, renames and removes users, and says what they may do by roles.',
  settings: ['BACK_OFFICE_URL'],
  network: ['$BACK_OFFICE_URL'],
  dependency: 'user-directory',
  actions: {
    read: defineAction({
      description: 'Read one user by id, with roles.',
      input: z.strictObject({ userId }),
      output: user,
      effect: { class: 'P' },
      timeoutSeconds: 10,
      // Users choose their own names; their roles they do not.
      trust: 'untrusted',
      endorses: { userId: 'lookup', status: 'enum', roles: 'lookup' },
      run: ({ userId }, context) => directory(context).read(userId),
    }),

    find: defineAction({
      description: 'Find users by email, or by a part of a name. At most 50 are listed.',
      input: wanted,
      output: z.object({ ...matches, users: z.array(user) }),
      effect: { class: 'P' },
      timeoutSeconds: 10,
      trust: 'untrusted',
      endorses: { userId: 'lookup', status: 'enum' },
      run: async (query, context) => foundAmong(await directory(context).find(query)),
    }),

    create: defineAction({
      description: 'Create a user, with roles if wished.',
      input: z.strictObject({ ...newProfile, roles: z.array(role).max(4).default([]) }),
      output: user,
      effect: { class: 'K', keyTtl: '24h' },
      timeoutSeconds: 10,
      sensitive: ['roles'],
      endorses: { userId: 'minted', status: 'enum' },
      run: (wished, context) => directory(context).create(wished),
      check: ({ email, roles }, created) => [
        ...(created.email === email ? [] : [`${created.email} was created instead`]),
        ...created.roles.filter((one) => !roles.includes(one)).map((one) => `the role ${one} was not asked for`),
      ],
    }),

    rename: defineAction({
      description: 'Change the name by which others see a user.',
      input: z.strictObject({ userId, displayName: newProfile.displayName }),
      output: user.pick({ userId: true, displayName: true }),
      effect: { class: 'K', keyTtl: '24h' },
      timeoutSeconds: 10,
      run: ({ userId, displayName }, context) => directory(context).rename(userId, displayName),
      check: ({ displayName }, renamed) =>
        renamed.displayName === displayName ? [] : [`the name is '${renamed.displayName}' instead`],
    }),

    grantRole: defineAction({
      ...roleChange,
      description: 'Give a user one more role.',
      run: ({ userId, role }, context) => directory(context).grantRole(userId, role),
      check: ({ role }, { roles }) => (roles.includes(role) ? [] : [`the role ${role} was not given`]),
    }),

    revokeRole: defineAction({
      ...roleChange,
      description: 'Take a role from a user.',
      run: ({ userId, role }, context) => directory(context).revokeRole(userId, role),
      check: ({ role }, { roles }) => (roles.includes(role) ? [`the role ${role} is still there`] : []),
    }),

    remove: defineAction({
      description: 'Remove a user for good.',
      input: z.strictObject({ userId }),
      output: user.pick({ userId: true }),
      effect: { class: 'N' },
      timeoutSeconds: 10,
      sensitive: ['userId'],
      run: async ({ userId }, context) => {
        await directory(context).remove(userId);
        return { userId };
      },
    }),
  },
});

function directory(context: ConstructorParameters<typeof UserDirectory>[0]): UserDirectory<User> {
  return new UserDirectory<User>(context);
}
