import { join } from 'node:path';
import { installLanggraph } from './langgraph-install.ts';
import { RemoteLane } from './remote-lane.ts';

interface LaneDescription {
  readonly module: string;
  /** The engines that it measures. */
  readonly engines: readonly string[];
  /** Says why the lane cannot be opened, or gives undefined. */
  readonly prepare?: () => string | undefined;
}

/** The first lane starts the stack whose DynamoDB the second writes to. */
const lanes: readonly LaneDescription[] = [
  { module: './lanes/holdfast.ts', engines: ['holdfast', 'holdfast-incremental'] },
  { module: './lanes/dynamodb-put-item.ts', engines: ['dynamodb-put-item', 'dynamodb-put-item-own-client'] },
  { module: './lanes/sqlite-insert.ts', engines: ['sqlite-insert'] },
  { module: './langgraph/lane.ts', engines: ['langgraph-sqlite'], prepare: installLanggraph },
];

/** In the order of the printed table. */
export const engineNames: readonly string[] = lanes.flatMap(({ engines }) => engines);

/** Ratios are to this one: a bare PutItem loop with the stock client of the SDK. */
export const floorEngine = 'dynamodb-put-item';
/** The same loop with the client that the engine has for its embedded store: what of a ratio the client accounts for. */
export const ownClientEngine = 'dynamodb-put-item-own-client';

/** One engine, and the lane that runs it. */
export interface Engine {
  readonly name: string;
  readonly lane: RemoteLane;
}

export interface Skipped {
  readonly engine: string;
  readonly reason: string;
}

/** Opens the lanes of the wanted engines, those of `opened` last to first being safe to close. */
export async function openEngines(
  wanted: readonly string[],
  folder: string,
  opened: RemoteLane[],
): Promise<{ readonly engines: readonly Engine[]; readonly skipped: readonly Skipped[] }> {
  const engines: Engine[] = [];
  const skipped: Skipped[] = [];
  for (const description of lanes) {
    const names = description.engines.filter((name) => wanted.includes(name));
    if (names.length === 0) continue;
    const reason = description.prepare?.();
    if (reason !== undefined) {
      skipped.push(...names.map((engine) => ({ engine, reason })));
      continue;
    }
    const name = names[0] ?? '';
    const dynamoEndpoint = opened.map((lane) => lane.dynamoEndpoint).find((endpoint) => endpoint !== undefined);
    const moduleUrl = new URL(description.module, import.meta.url).href;
    const lane = await RemoteLane.open(name, moduleUrl, { folder: join(folder, name), dynamoEndpoint });
    opened.push(lane);
    engines.push(...names.map((engine) => ({ name: engine, lane })));
  }
  return { engines, skipped };
}
