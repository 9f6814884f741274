import * as z from 'zod';
import type { CompanionApp } from '../companion/connection.ts';
import { Problem, readBody } from '../companion/problem.ts';
import { roles } from './book-of-record.ts';
import type { Role, User } from './book-of-record.ts';
import { doOnce } from './desk.ts';
import type { Desk } from './desk.ts';

const text = z.string().trim().min(1).max(100);
const role = z.enum(roles);
const newUser = z.strictObject({
  name: text,
  displayName: text,
  email: z.email().max(200),
  roles: z.array(role).max(roles.length).default([]),
});
const change = z.strictObject({ displayName: text.optional(), status: z.enum(['active', 'suspended']).optional() });

/** The user directory. All but a deletion is deduplicated; a deletion has neither key nor trace to look up. */
export function addUserRoutes(app: CompanionApp, desk: Desk): void {
  const { record, clock } = desk;

  const found = (userId: string): User => {
    const user = record.user(userId);
    if (!user) throw new Problem(404, 'unknown-user', `There is no user '${userId}'. Find the user first.`);
    return user;
  };
  /** The answer to a change is the user as it is then. */
  const changed = (userId: string, changeOf: (user: User) => Partial<User>) => () => {
    const user = found(userId);
    const after = { ...user, ...changeOf(user) };
    return {
      deed: 'userChanged',
      subject: userId,
      reference: null,
      answer: () => after,
      user: () => after,
    } as const;
  };

  app.post('/users', (c) =>
    record.faults.serve(c, 'users', async () => {
      const request = await readBody(c, newUser);
      const userOf = (userId: string): User => ({
        userId,
        ...request,
        status: 'active',
        roles: inOrder(request.roles),
      });
      const draftOf = () => ({ deed: 'userCreated', reference: null, answer: userOf, user: userOf }) as const;
      return doOnce(c, desk, 'users', request, draftOf);
    }),
  );

  app.get('/users', (c) =>
    record.faults.serve(c, 'users', () => {
      const { email, name } = c.req.query();
      return c.json({ users: record.findUsers({ email, name }) });
    }),
  );
  app.get('/users/:userId', (c) => record.faults.serve(c, 'users', () => c.json(found(c.req.param('userId')))));

  app.patch('/users/:userId', (c) =>
    record.faults.serve(c, 'users', async () => {
      const request = await readBody(c, change);
      return doOnce(
        c,
        desk,
        'users',
        request,
        changed(c.req.param('userId'), ({ displayName, status }) => ({
          displayName: request.displayName ?? displayName,
          status: request.status ?? status,
        })),
      );
    }),
  );

  app.post('/users/:userId/roles', (c) =>
    record.faults.serve(c, 'users', async () => {
      const request = await readBody(c, z.strictObject({ role }));
      const grant = changed(c.req.param('userId'), (user) => ({ roles: inOrder([...user.roles, request.role]) }));
      return doOnce(c, desk, 'users', request, grant);
    }),
  );
  app.delete('/users/:userId/roles/:role', (c) =>
    record.faults.serve(c, 'users', () => {
      const revoked = c.req.param('role');
      const revoke = changed(c.req.param('userId'), (user) => ({ roles: user.roles.filter((one) => one !== revoked) }));
      return doOnce(c, desk, 'users', null, revoke);
    }),
  );

  app.delete('/users/:userId', (c) =>
    record.faults.serve(c, 'users', () => {
      const user = found(c.req.param('userId'));
      const { answer } = record.add({
        service: 'users',
        deed: 'userDeleted',
        subject: user.userId,
        key: null,
        reference: null,
        atMs: clock(),
        request: { method: 'DELETE', path: c.req.path, body: null },
        answer: () => ({ userId: user.userId, deleted: true }),
        user: () => null,
      });
      return c.json(answer);
    }),
  );
}

/** Each role once. */
function inOrder(some: readonly Role[]): Role[] {
  return roles.filter((one) => some.includes(one));
}
