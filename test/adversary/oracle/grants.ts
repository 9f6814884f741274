import type { Json } from '../../../core/model/json.ts';

/** One line of what an agent may do, written by hand from the agents of the fixture, inheritance spelled out. */
interface Line {
  readonly action: string;
  readonly fits?: (args: Args) => boolean;
  readonly tenants?: readonly string[];
  /** The first millisecond at which it is over. */
  readonly endsMs?: number;
  readonly approval?: (args: Args) => boolean;
}
type Args = Readonly<Record<string, Json | undefined>>;

const whole = (value: Json | undefined, least: number, most: number): boolean =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most;
const line = (action: string, limits: Omit<Line, 'action'> = {}): Line => ({ action, ...limits });

const base = ['Text:v1/join', 'Text:v1/template', 'Text:v1/number', 'Users:v1/read', 'Think:v1/summarize'].map(
  (action) => line(action),
);
const clerk = [
  ...base,
  ...['Mail:v1/list', 'Mail:v1/read', 'Mail:v1/send', 'Notes:v1/read', 'Notes:v1/write', 'Web:v1/get'].map((action) =>
    line(action),
  ),
  line('Bank:v1/balance'),
  line('Bank:v1/transfer', {
    fits: (args) => whole(args['amountCents'], -Infinity, 50_000) && args['currency'] === 'EUR',
  }),
  line('Bank:v1/refund', { fits: (args) => whole(args['amountCents'], 100, 50_000) }),
];
const cashier = [
  ...clerk,
  line('Bank:v1/transfer', {
    fits: (args) => whole(args['amountCents'], -Infinity, 200_000),
    tenants: ['acme'],
    approval: () => true,
  }),
  line('Bank:v1/refund', { approval: (args) => args['express'] !== false }),
  // On top of the grants a person forbids it to globex.
  line('Bank:v2/transfer', { tenants: ['acme', 'initech'] }),
];
const users = (action: string): Line => line(action, { approval: (args) => args['id'] !== 'test' });
const admin = [
  ...base,
  users('Users:v2/read'),
  users('Users:v2/write'),
  users('Users:v2/remove'),
  line('Users:v1/write', { endsMs: 1_798_761_600_000 }),
  line('Desk:v1/open', { tenants: ['acme'], endsMs: 1_801_483_200_000 }),
  line('Desk:v1/close', { tenants: ['acme'], endsMs: 1_801_483_200_000 }),
];
const senior = [...cashier, ...admin, line('Desk:v1/open', { fits: (args) => whole(args['level'], -Infinity, 3) })];
const reader = ['Mail:v1/read', 'Text:v1/join', 'Text:v1/template', 'Text:v1/number'].map((action) => line(action));

const playbookOf = (args: Args): Json | undefined => args['playbook'];
const front = [
  ...base,
  ...['Mail:v1/read', 'Agent:v1/clerk', 'Agent:v1/front', 'Agent:v1/reader', 'Agent:v1/teller'].map((action) =>
    line(action),
  ),
  line('Agent:v1/cashier', { tenants: ['acme'], approval: () => true }),
  line('Agent:v1/admin', { fits: (args) => playbookOf(args) === 'scripted' }),
  line('Agent:v1/senior', { approval: (args) => playbookOf(args) !== 'pay' }),
];

/** What models are asked by plans. Whoever has a model may. */
const thinking = line('Model:v1/reason');
const withOwnModels = ['teller'];

const table = new Map<string, readonly Line[]>([
  ['base', base],
  ['clerk', clerk],
  ['cashier', cashier],
  ['admin', admin],
  ['senior', senior],
  ['reader', reader],
  ['idle', []],
  ['front', front],
  ['chief', [...front, ...clerk]],
  ['teller', clerk],
]);

/** What the grants of an agent say about one use of an action. */
export function grantVerdict(use: {
  readonly agent: string;
  readonly tenantId: string;
  readonly skill: string;
  readonly action: string;
  readonly args: Json;
  readonly nowMs: number;
  /** The agent has models. */
  readonly thinks: boolean;
}): 'free' | 'approval' | 'none' {
  const args = (typeof use.args === 'object' && use.args !== null ? use.args : {}) as Args;
  const fitting = linesOf(use.agent, use.thinks).filter(
    (one) =>
      one.action === `${use.skill}/${use.action}` &&
      (one.tenants === undefined || one.tenants.includes(use.tenantId)) &&
      (one.endsMs === undefined || use.nowMs < one.endsMs) &&
      (one.fits === undefined || one.fits(args)),
  );
  if (fitting.length === 0) return 'none';
  return fitting.some((one) => one.approval === undefined || !one.approval(args)) ? 'free' : 'approval';
}

/** Whether any grant of an agent speaks of an action, whatever its limits. */
export function isGranted(agent: string, skill: string, action: string, thinks: boolean): boolean {
  return linesOf(agent, thinks).some((one) => one.action === `${skill}/${action}`);
}

function linesOf(agent: string, thinks: boolean): readonly Line[] {
  const lines = table.get(agent);
  if (!lines) return [];
  return thinks || withOwnModels.includes(agent) ? [...lines, thinking] : lines;
}

/** What an agent's definition allows one of its runs at most. */
export function ownBudget(agent: string): {
  readonly usdMicros?: number;
  readonly tokens?: number;
  readonly steps?: number;
} {
  return agent === 'teller' ? { usdMicros: 2_000_000, tokens: 50_000, steps: 60 } : {};
}
