import type { TraceEvent } from '../../../core/contract/api.ts';

export interface SpendLine {
  readonly id: string;
  readonly stepId: string;
  readonly model: string;
  readonly usdMicros: number;
  readonly tokens: number;
  readonly calls: number;
}

/** What a run has spent on models, by step and model, the most expensive first. */
export function spendByStep(events: readonly TraceEvent[]): readonly SpendLine[] {
  const lines = new Map<string, SpendLine>();
  const calls = new Map<string, number>();
  for (const event of events) {
    if (event.type === 'model.called') {
      const key = `${event.stepId} ${event.model}`;
      calls.set(key, (calls.get(key) ?? 0) + 1);
    }
    if (event.type !== 'budget.charged') continue;
    const { stepId, model } = event;
    const id = `${stepId} ${model}`;
    const before = lines.get(id);
    lines.set(id, {
      ...{ id, stepId, model, calls: 0 },
      usdMicros: (before?.usdMicros ?? 0) + event.usdMicros,
      tokens: (before?.tokens ?? 0) + event.tokens,
    });
  }
  return [...lines.values()]
    .map((line) => ({ ...line, calls: calls.get(line.id) ?? 0 }))
    .toSorted((a, b) => b.usdMicros - a.usdMicros || b.tokens - a.tokens);
}
