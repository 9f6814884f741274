import type { AgentPage, StartRunRequest } from '../../../core/contract/api.ts';
import type { ProblemDocument } from '../../../core/contract/problems.ts';
import type { Json } from './schema-fields.ts';

export type Agent = AgentPage['items'][number];
export type Source = 'playbook' | 'goal' | 'plan';

/** What somebody has filled in so far. */
export interface Draft {
  readonly agent: Agent | undefined;
  readonly source: Source;
  readonly playbook: string | undefined;
  readonly goal: string;
  readonly input: Json | undefined;
  readonly plan: Json | undefined;
  readonly limits: Readonly<Record<Limit, string>>;
  readonly labels: readonly { readonly key: string; readonly value: string }[];
}

export const limits = ['usd', 'tokens', 'steps', 'recoveries', 'deadlineSeconds'] as const;
export type Limit = (typeof limits)[number];

export const emptyDraft: Draft = {
  ...{ agent: undefined, source: 'playbook', playbook: undefined, goal: '', input: undefined, plan: undefined },
  limits: { usd: '', tokens: '', steps: '', recoveries: '', deadlineSeconds: '' },
  labels: [],
};

/** The body of the call that starts the run; undefined until it is known who plans. */
export function requestOf(draft: Draft): StartRunRequest | undefined {
  const { agent, source, playbook, goal, input, plan, labels } = draft;
  if (!agent) return undefined;
  if (source === 'playbook' && playbook === undefined) return undefined;
  if (source === 'goal' && goal.trim() === '') return undefined;
  if (source === 'plan' && plan === undefined) return undefined;
  const budget = limits.flatMap((name): [string, number][] => {
    const text = draft.limits[name].trim();
    return text === '' ? [] : [[name, Number(text)]];
  });
  return {
    agent: agent.name,
    ...(goal.trim() === '' ? {} : { goal: goal.trim() }),
    ...(source === 'playbook' && playbook !== undefined ? { playbook } : {}),
    ...(source === 'plan' && plan !== undefined ? { plan: plan as never } : {}),
    ...(input === undefined ? {} : { input: input as never }),
    ...(budget.length === 0 ? {} : { budget: Object.fromEntries(budget) }),
    ...(labels.length === 0 ? {} : { labels: Object.fromEntries(labels.map(({ key, value }) => [key, value])) }),
  };
}

/** What is wrong by path, for the fields; several things of one path in one text. */
export function problemsByPath(problem: ProblemDocument | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { path, message } of problem?.problems ?? []) {
    if (path === undefined) continue;
    const before = found.get(path);
    found.set(path, before === undefined ? message : `${before} ${message}`);
  }
  return found;
}
