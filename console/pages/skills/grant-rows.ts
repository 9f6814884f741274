import type { GrantedAction, GrantsPage } from '../../../core/contract/grants-api.ts';

/** An action, and what each agent may do with it. */
export interface GrantRow {
  /** `Billing:v1/refund` */
  readonly name: string;
  readonly byAgent: ReadonlyMap<string, GrantedAction>;
}

/** The matrix of agents and actions, action by action in the order of the answer. */
export function rowsOf(agents: GrantsPage['items']): readonly GrantRow[] {
  const rows = new Map<string, Map<string, GrantedAction>>();
  for (const { agent, actions } of agents) {
    for (const granted of actions) {
      const name = `${granted.skill}/${granted.action}`;
      const row = rows.get(name) ?? new Map<string, GrantedAction>();
      rows.set(name, row.set(agent, granted));
    }
  }
  return [...rows].map(([name, byAgent]) => ({ name, byAgent }));
}

export interface Wanted {
  /** Part of the name, whatever its case. */
  readonly text: string;
  /** Rows in which all of these agents are denied are left out. */
  readonly onlyGranted: boolean;
  readonly agents: readonly string[];
}

export function rowsThatFit(rows: readonly GrantRow[], { text, onlyGranted, agents }: Wanted): readonly GrantRow[] {
  const part = text.trim().toLowerCase();
  return rows.filter(({ name, byAgent }) => {
    if (!name.toLowerCase().includes(part)) return false;
    return !onlyGranted || agents.some((agent) => (byAgent.get(agent)?.decision ?? 'denied') !== 'denied');
  });
}
