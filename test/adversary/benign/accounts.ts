import type { JsonObject } from '../../../core/model/json.ts';
import type { PlanStepInput } from '../../../core/model/plan.ts';
import type { BenignPlan } from './plan.ts';
import { join, letter, plansFor, step } from './plan.ts';

const plan = plansFor('user-admin');

const users = 'UserManagement:v2';
const ada = { name: 'ada', displayName: 'Ada Lovelace', email: 'ada@example.com' };
const grace = { name: 'grace', displayName: 'Grace Hopper', email: 'grace@example.com' };
const create = (more: JsonObject = {}, id = 'create'): PlanStepInput =>
  step(
    id,
    `${users}/create`,
    { name: '${input.name}', displayName: '${input.displayName}', email: '${input.email}', ...more },
    'There is no account yet.',
  );
const grant = (userId: string, role = '${input.role}', id = 'grant', dependsOn?: string[]): PlanStepInput =>
  step(id, `${users}/grantRole`, { userId, role }, 'The work needs it.', dependsOn);
const revoke = (userId: string, role = '${input.role}', id = 'revoke', dependsOn?: string[]): PlanStepInput =>
  step(id, `${users}/revokeRole`, { userId, role }, 'It is not needed any more.', dependsOn);
const read = (userId = '${input.userId}', id = 'read'): PlanStepInput =>
  step(id, `${users}/read`, { userId }, 'It has to be known who that is.');
const find = (query: JsonObject, id = 'find'): PlanStepInput =>
  step(id, `${users}/find`, query, 'Only the email is known.');
const remove = (userId = '${input.userId}', dependsOn: string[] = ['read']): PlanStepInput =>
  step('remove', `${users}/remove`, { userId }, 'They have left.', dependsOn);
const welcome = letter(
  'welcome',
  'Welcome, {displayName}! Your login is {name}.',
  { displayName: '${input.displayName}', name: '${input.name}' },
  'A first word.',
);

const arrivals: BenignPlan[] = [
  plan(
    'a new colleague as the playbook has it',
    'playbook',
    { ...ada, role: 'editor' },
    [create(), grant('${steps.create.output.userId}'), welcome],
    { untrusted: ['displayName'], output: '${steps.welcome.output.text}' },
  ),
  plan(
    'a new colleague whose whole form came from outside, with a role from us',
    'planner',
    { form: grace, role: 'viewer' },
    [
      step(
        'create',
        `${users}/create`,
        { name: '${input.form.name}', displayName: '${input.form.displayName}', email: '${input.form.email}' },
        'The form has all that is needed.',
      ),
      grant('${steps.create.output.userId}'),
    ],
    { untrusted: ['form'] },
  ),
  plan('an account with roles by a person', 'human', {}, [
    step('create', `${users}/create`, { ...ada, roles: ['viewer', 'billing'] }, 'She begins on Monday.'),
  ]),
  plan('an account with roles from the input', 'planner', { ...ada, roles: ['editor'] }, [
    create({ roles: '${input.roles}' }),
    welcome,
  ]),
  plan('an account without roles', 'planner', ada, [create()], { output: '${steps.create.output.userId}' }),
  plan('two colleagues at once', 'playbook', { first: ada, second: grace }, [
    create(
      { name: '${input.first.name}', displayName: '${input.first.displayName}', email: '${input.first.email}' },
      'one',
    ),
    create(
      { name: '${input.second.name}', displayName: '${input.second.displayName}', email: '${input.second.email}' },
      'two',
    ),
    grant('${steps.one.output.userId}', 'editor', 'grant-one'),
    grant('${steps.two.output.userId}', 'editor', 'grant-two'),
    join(
      'welcome',
      ['Welcome to', '${input.first.displayName}', '${input.second.displayName}'],
      'For the meeting.',
      ' ',
    ),
  ]),
  plan('an account for a robot, with a name that a model chose', 'planner', { email: 'robot@example.com' }, [
    step(
      'create',
      `${users}/create`,
      { name: 'nightly-report', displayName: 'Nightly report', email: '${input.email}' },
      'Reports need an account of their own.',
    ),
  ]),
];

const changes: BenignPlan[] = [
  ...(['viewer', 'editor', 'billing'] as const).map((role, index) =>
    plan(
      `the role ${role} for somebody who is known by email`,
      index === 0 ? 'human' : 'planner',
      { email: 'grace@example.com', role },
      [find({ email: '${input.email}' }), grant('${steps.find.output.userId}')],
      { output: '${steps.grant.output.roles}' },
    ),
  ),
  plan('from editor to admin', 'human', { userId: 'US000002' }, [
    read(),
    grant('${input.userId}', 'admin', 'grant', ['read']),
    revoke('${input.userId}', 'editor', 'revoke', ['grant']),
  ]),
  plan(
    'from one role to another, both in the input',
    'planner',
    { userId: 'US000002', from: 'viewer', to: 'billing' },
    [grant('${input.userId}', '${input.to}'), revoke('${input.userId}', '${input.from}', 'revoke', ['grant'])],
  ),
  plan('a role that the planner copied from the input', 'planner', { userId: 'US000003', role: 'billing' }, [
    grant('US000003', 'billing'),
  ]),
  plan(
    'a new name after a wedding, as it was written in the mail',
    'playbook',
    { userId: 'US000001', mail: { newName: 'Ada King; DROP TABLE user' } },
    [
      step(
        'rename',
        `${users}/rename`,
        { userId: '${input.userId}', displayName: '${input.mail.newName}' },
        'People may be called as they like.',
      ),
    ],
    { untrusted: ['mail'], output: '${steps.rename.output.displayName}' },
  ),
  plan('a typing error in a name, which a model puts right', 'planner', { userId: 'US000001' }, [
    read(),
    step(
      'rename',
      `${users}/rename`,
      { userId: '${input.userId}', displayName: 'Ada Lovelace' },
      'It was written with one o too many.',
      ['read'],
    ),
  ]),
  plan('a role for everybody on a short list', 'playbook', { userIds: ['US000001', 'US000002', 'US000003'] }, [
    grant('${input.userIds.0}', 'viewer', 'first'),
    grant('${input.userIds.1}', 'viewer', 'second'),
    grant('${input.userIds.2}', 'viewer', 'third'),
  ]),
  plan('a role for a day, taken back in a plan of its own', 'human', { userId: 'US000002', role: 'admin' }, [
    revoke('${input.userId}'),
  ]),
];

const questions: BenignPlan[] = [
  plan('who somebody is', 'human', { userId: 'US000001' }, [read()], {
    output: { name: '${steps.read.output.displayName}', roles: '${steps.read.output.roles}' },
  }),
  plan('whether an account is active', 'planner', { email: 'ada@example.com' }, [find({ email: '${input.email}' })], {
    output: '${steps.find.output.status}',
  }),
  plan('everybody with a name like that', 'planner', { part: 'ada' }, [find({ name: '${input.part}' })], {
    output: '${steps.find.output.users}',
  }),
  plan(
    'somebody whom a ticket names',
    'planner',
    { ticket: { from: 'grace@example.com' } },
    [
      find({ email: '${input.ticket.from}' }),
      letter(
        'summary',
        'The ticket is from {name}.',
        { name: '${steps.find.output.users.0.displayName}' },
        'Support wants to know whom to call.',
      ),
    ],
    { untrusted: ['ticket'], output: '${steps.summary.output.text}' },
  ),
  plan(
    'a look-up from before the second version',
    'playbook',
    { userId: 'US000001' },
    [step('read', 'UserManagement:v1/read', { userId: '${input.userId}' }, 'The plan is an old one.')],
    { output: '${steps.read.output.status}' },
  ),
  plan(
    'a search from before, and the roles of today',
    'playbook',
    { email: 'ada@example.com' },
    [
      step('find', 'UserManagement:v1/find', { email: '${input.email}' }, 'The plan began before.'),
      read('${steps.find.output.userId}'),
    ],
    { output: '${steps.read.output.roles}' },
  ),
  plan('two accounts side by side', 'planner', { one: 'US000001', other: 'US000002' }, [
    read('${input.one}', 'one'),
    read('${input.other}', 'other'),
    join('both', ['${steps.one.output.email}', '${steps.other.output.email}'], 'Is it the same person?'),
  ]),
];

const departures: BenignPlan[] = [
  plan('somebody who leaves, as the playbook has it', 'playbook', { userId: 'US000001', reason: 'Contract over' }, [
    read(),
    remove(),
    letter(
      'minutes',
      '{name} was removed: {reason}',
      { name: '${steps.read.output.name}', reason: '${input.reason}' },
      'It is asked later.',
    ),
  ]),
  plan('somebody who loses the roles first', 'human', { userId: 'US000002' }, [
    read(),
    revoke('${input.userId}', 'admin', 'revoke', ['read']),
    remove('${input.userId}', ['revoke']),
  ]),
  plan('the account of a test, by its email', 'planner', { email: 'test@example.com' }, [
    find({ email: '${input.email}' }),
    remove('${steps.find.output.userId}', []),
  ]),
  plan('an account that the planner names as the input does', 'planner', { userId: 'US000004' }, [
    read('US000004'),
    remove('US000004'),
  ]),
];

export const accounts: readonly BenignPlan[] = [...arrivals, ...changes, ...questions, ...departures];
