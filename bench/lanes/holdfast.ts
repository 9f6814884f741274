import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunAccepted, RunView } from '../../core/contract/api.ts';
import { isFinal } from '../../core/model/run.ts';
import { startPlatform } from '../../local/start.ts';
import { mintLocalToken } from '../../local/tokens.ts';
import type { Lane, LaneOptions } from '../lane.ts';

const playbooks: Readonly<Record<string, string>> = { holdfast: 'planned', 'holdfast-incremental': 'incremental' };
const pollMs = 25;
const tokenSeconds = 86_400;

/** The platform as `holdfast start` starts it, with the project of this benchmark, asked over its HTTP API. */
export async function open({ folder }: LaneOptions): Promise<Lane> {
  const platform = await startPlatform({
    projectDirectory: join(import.meta.dirname, '..', 'project'),
    dataDirectory: folder,
    port: 0,
    fresh: false,
  });
  const token = await mintLocalToken({
    dataDirectory: folder,
    tenantId: 'bench',
    scopes: ['runs:read', 'runs:write'],
    expiresInSeconds: tokenSeconds,
    subject: 'bench',
  });
  const ask = async <T>(path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${platform.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  const msPerStep = new Map<string, number>();

  return {
    dynamoEndpoint: platform.endpoints.dynamodb,
    /** From the request to the moment that the finished head bears; both are of the same clock. */
    runSteps: async (engine, steps) => {
      const startedAtMs = Date.now();
      const { runId } = await ask<RunAccepted>('/v1/runs', {
        agent: 'looper',
        playbook: playbooks[engine] ?? engine,
        input: { steps },
      });
      // Asking earlier would only take time from the run.
      await sleep((msPerStep.get(`${engine} ${steps}`) ?? 0) * steps);
      for (;;) {
        const run = await ask<RunView>(`/v1/runs/${runId}`);
        if (isFinal(run.status)) {
          if (run.status !== 'completed' || run.steps.over !== steps) {
            throw new Error(`run ${runId}: ${run.status}, ${run.steps.over} of ${steps} steps. ${run.ending ?? ''}`);
          }
          const ms = Date.parse(run.updatedAt) - startedAtMs;
          msPerStep.set(`${engine} ${steps}`, ms / steps);
          return { ms };
        }
        await sleep(pollMs);
      }
    },
    setup: (engine) =>
      `holdfast start, agent looper, playbook ${playbooks[engine] ?? engine}, effect class K; LevelDB without fsync`,
    close: () => platform.stop(),
  };
}
