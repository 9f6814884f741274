import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { env } from '../../core/contract/env.ts';
import type { StepRequest } from '../../core/contract/machine.ts';
import type { AgentPrompts } from '../../core/model/agent-prompts.ts';
import { jsonHash } from '../../core/model/json.ts';
import type { JsonObject } from '../../core/model/json.ts';
import { modelSkillId, sealedTexts } from '../../core/model/model-step.ts';
import { purposes } from '../../core/model/think-input.ts';
import type { Purpose } from '../../core/model/think-input.ts';
import { provideProject } from '../../functions/registry.ts';
import { handler as sourceHandler } from '../../functions/think/handler.ts';
import { writeBundles } from '../../lib/bundle/bundles.ts';
import { readProject } from '../../lib/project.ts';
import { loadProject } from '../../local/project/index.ts';
import type { EmbeddedTable } from '../conformance/embedded-table.ts';
import { startEmbeddedTable, tableName } from '../conformance/embedded-table.ts';
import type { FakeModels } from '../fixtures/fake-models.ts';
import { startFakeModels } from '../fixtures/fake-models.ts';
import { fixtureProject, packageDir } from './synthesised.ts';

type Handler = (event: unknown, context: { getRemainingTimeInMillis: () => number }) => Promise<unknown>;

const scratch = mkdtempSync(join(tmpdir(), 'holdfast-think-'));
// Within the package, because a project has to find holdfast and zod above it.
mkdirSync(join(packageDir, 'dist'), { recursive: true });
const directory = mkdtempSync(join(packageDir, 'dist', 'recovering-'));
let models: FakeModels;
let table: EmbeddedTable;
/** That of the cloud, in its bundle, and that of a laptop, from its sources. */
let handlers: readonly Handler[];
/** Of the agent, and of the one that diagnoses for all, as a laptop reads them. */
let prompts: AgentPrompts;
let recovery: AgentPrompts;

beforeAll(async () => {
  cpSync(fixtureProject.directory, directory, { recursive: true });
  cpSync(join(packageDir, 'agents', 'recovery'), join(directory, 'agents', 'recovery'), { recursive: true });
  models = await startFakeModels();
  table = await startEmbeddedTable();
  const endpoint = await table.client.config.endpoint?.();
  if (!endpoint) throw new Error('The table is at no endpoint.');
  const { hostname, port } = endpoint;
  const environment = {
    ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' },
    ...{ AWS_ENDPOINT_URL_DYNAMODB: `http://${hostname}:${port}`, OPENAI_BASE_URL: models.baseUrl },
    ...{ [env.table]: tableName, [env.bucket]: 'none', [env.models]: 'openai:fake-large' },
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  await writeBundles({ packageDir, project: await readProject(directory), outDir: scratch });
  const bundled = (await import(pathToFileURL(join(scratch, 'think', 'index.mjs')).href)) as { handler: Handler };
  const { registry, policies } = await loadProject(directory, { environment: {} });
  provideProject({ registry, policies, isPart: false });
  prompts = registry.prompts?.get('front-desk') ?? {};
  recovery = registry.prompts?.get('recovery') ?? {};
  handlers = [bundled.handler, sourceHandler as unknown as Handler];
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await models.stop();
  await table.stop();
  rmSync(scratch, { recursive: true });
  rmSync(directory, { recursive: true });
});

function requestOf(purpose: Purpose, runId: string): StepRequest {
  const texts = sealedTexts({ goal: 'A quiet room', skills: ['RoomBooking:v2', 'Notes:v1'] });
  const value: JsonObject =
    purpose === 'reason' ? { question: 'Which room?' } : { texts, input: { guest: 'Zoë' }, completed: [] };
  return {
    ...{ tenantId: 'acme', runId, agent: 'front-desk', generation: 1, stepId: purpose, skill: modelSkillId },
    ...{ action: purpose, direction: 'F', occurrence: 1, input: { kind: 'inline', value } },
    ...{ argsHash: jsonHash(value), skillHash: 'x', trust: 'trusted', doubted: [] },
    ...{ settleOnly: false, lookAgain: false },
  };
}

it.each(purposes)('a bundle asks models for %s with the same bytes as a laptop does', async (purpose) => {
  const asked: string[][] = [];
  for (const [index, handler] of handlers.entries()) {
    const before = models.requests.length;
    await handler(requestOf(purpose, `run-${index}`), { getRemainingTimeInMillis: () => 300_000 });
    asked.push(models.requests.slice(before).map(({ raw }) => raw));
  }
  const [cloud = [], laptop] = asked;
  expect(cloud.length).toBeGreaterThan(0);
  expect(cloud).toEqual(laptop);
  const isIn = (text = ''): boolean => cloud[0]?.includes(JSON.stringify(text).slice(1, -1)) ?? false;
  const { plan, revise, ...others } = prompts;
  expect(others).toEqual({});
  expect(isIn(plan)).toBe(purpose === 'plan' || purpose === 'revise');
  expect(isIn(revise)).toBe(purpose === 'revise');
  expect(isIn(recovery.diagnose)).toBe(purpose === 'diagnose');
});
