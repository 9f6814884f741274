/** A step of a plan, with the steps that have to be over before it begins. Every one of `after` is in the same list, or unknown. */
export interface OrderedStep {
  readonly key: string;
  readonly after: readonly string[];
}

/** More than this is no order that a plan revision can hold. */
const mostEdges = 2_000;

/**
 * In which order effects are undone: for each key in `undone`, those whose compensations have to be over before its own.
 * These are the steps that depend on it directly, or through others that have nothing to undo; what depends on those in turn
 * is waited for by them. Where this would be too much to write down, the compensations run one after the other.
 *
 * @param steps without a cycle, as the plan gate has them
 */
export function compensationOrder(
  steps: readonly OrderedStep[],
  undone: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const dependents = new Map<string, string[]>(steps.map(({ key }) => [key, []]));
  for (const { key, after } of steps) {
    for (const needed of new Set(after)) dependents.get(needed)?.push(key);
  }
  const order = new Map<string, readonly string[]>();
  let edges = 0;
  for (const { key } of steps) {
    if (!undone.has(key)) continue;
    const nearest = nearestUndone(key, dependents, undone);
    edges += nearest.length;
    order.set(key, nearest);
  }
  return edges <= mostEdges ? order : oneAfterTheOther(order);
}

function nearestUndone(
  from: string,
  dependents: ReadonlyMap<string, readonly string[]>,
  undone: ReadonlySet<string>,
): string[] {
  const seen = new Set<string>();
  const found: string[] = [];
  const open = [...(dependents.get(from) ?? [])];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (seen.has(key)) continue;
    seen.add(key);
    if (undone.has(key)) found.push(key);
    else open.push(...(dependents.get(key) ?? []));
  }
  return found;
}

/** A single file that keeps the order: each waits for the one before it. */
function oneAfterTheOther(order: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  const waiting = new Map([...order].map(([key, after]) => [key, after.length]));
  const waitedFor = new Map<string, string[]>();
  for (const [key, after] of order) {
    for (const before of after) waitedFor.set(before, [...(waitedFor.get(before) ?? []), key]);
  }
  const file = [...order.keys()].filter((key) => waiting.get(key) === 0);
  for (const key of file) {
    for (const next of waitedFor.get(key) ?? []) {
      const left = (waiting.get(next) ?? 0) - 1;
      waiting.set(next, left);
      // The list that is walked over grows.
      if (left === 0) file.push(next);
    }
  }
  return new Map(file.map((key, index) => [key, index === 0 ? [] : [file[index - 1] ?? '']]));
}
