import type { ActionContext } from 'holdfast';
import * as z from 'zod';

const line = z.string().trim().min(1).max(100);

export const userId = z
  .string()
  .regex(/^US[0-9]{6,12}$/, 'must look like US000001')
  .describe('Of find or create');

/** What is asked for a new user. */
export const newProfile = {
  name: line.describe('Name to log in with'),
  displayName: line.describe('Name as others see it'),
  email: z.email().max(200),
};

/** A user as every version of the skill shows it. */
export const profile = z.object({
  userId: z.string(),
  name: z.string(),
  displayName: z.string(),
  email: z.string(),
  status: z.enum(['active', 'suspended']),
});
type Profile = z.infer<typeof profile>;

export const wanted = z
  .strictObject({ email: newProfile.email.optional(), name: line.describe('A part of a name').optional() })
  .refine(({ email, name }) => email !== undefined || name !== undefined, { error: 'needs an email or a name' });

/** What is said of users that were looked for: those that a plan may go on with, by themselves. */
export const matches = {
  userId: z.string().nullable().describe('When exactly one user was found'),
  status: profile.shape.status.nullable().describe('When exactly one user was found'),
};

/** The users that fit; with the id and status of the user if there is one and no other. */
export function foundAmong<User extends Profile>(users: readonly User[]) {
  const [only, ...others] = users;
  const one = others.length === 0 ? only : undefined;
  return { users: [...users], userId: one?.userId ?? null, status: one?.status ?? null };
}

/** Calls the directory. Each change is deduplicated by the effect key, except for a removal. */
export class UserDirectory<User extends Profile> {
  readonly #context: ActionContext;

  constructor(context: ActionContext) {
    this.#context = context;
  }

  async read(id: string): Promise<User> {
    return (await this.#call('GET', `/${id}`)) as User;
  }

  async find(query: z.infer<typeof wanted>): Promise<User[]> {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, value);
    const { users } = (await this.#call('GET', `?${parameters.toString()}`)) as { users: User[] };
    return users;
  }

  async create(user: object): Promise<User> {
    return (await this.#call('POST', '', user)) as User;
  }

  async rename(id: string, displayName: string): Promise<User> {
    return (await this.#call('PATCH', `/${id}`, { displayName })) as User;
  }

  async grantRole(id: string, role: string): Promise<User> {
    return (await this.#call('POST', `/${id}/roles`, { role })) as User;
  }

  async revokeRole(id: string, role: string): Promise<User> {
    return (await this.#call('DELETE', `/${id}/roles/${role}`)) as User;
  }

  async remove(id: string): Promise<void> {
    await this.#call('DELETE', `/${id}`);
  }

  async #call(method: string, path: string, body?: object): Promise<unknown> {
    const { fetch, settings, effectKey } = this.#context;
    const response = await fetch(`${settings['BACK_OFFICE_URL']}/users${path}`, {
      method,
      headers: { 'content-type': 'application/json', 'idempotency-key': effectKey },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return response.json();
  }
}
