import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { EscalationView } from '../../core/contract/api.ts';
import { holdfast } from '../cli/command.ts';
import type { ProjectFolder } from './running-platform.ts';
import { makeProjectFolder, repository, RunningPlatform, untilAtRest } from './running-platform.ts';

interface Print {
  readonly key: string;
  readonly sheet: string;
  /** The skill that sent it. */
  readonly by: string;
}

/** Whatever was sent to the press, also twice. */
const printed: Print[] = [];
/** A sheet that is printed and then not answered. */
let unanswered = '';

const press = createServer((request, response) => {
  const key = decodeURIComponent(request.url?.split('/').at(-1) ?? '');
  if (request.method === 'GET') {
    response.end(JSON.stringify(printed.filter((print) => print.key === key)));
    return;
  }
  void json(request).then((body) => {
    const print = { key, ...(body as Omit<Print, 'key'>) };
    printed.push(print);
    if (print.sheet !== unanswered) response.end('{}');
  });
});

let source: string;
let folder: ProjectFolder;

beforeAll(async () => {
  await new Promise<void>((resolve) => press.listen(0, '127.0.0.1', resolve));
});
beforeEach(async () => {
  source = mkdtempSync(join(tmpdir(), 'holdfast-paper-'));
  cpSync(join(repository, 'test', 'e2e', 'paper-project'), source, { recursive: true });
  folder = await makeProjectFolder(source);
  printed.length = 0;
  unanswered = '';
});
afterEach(async () => {
  await RunningPlatform.killAll();
  folder.remove();
  rmSync(source, { recursive: true });
});
afterAll(() => {
  press.closeAllConnections();
  press.close();
});

const start = () => {
  const { port } = press.address() as AddressInfo;
  return RunningPlatform.start(folder, { environment: { PRESS_URL: `http://127.0.0.1:${port}` } });
};

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(join(source, file), 'utf8');
  expect(text, file).toContain(from);
  writeFileSync(join(source, file), text.replaceAll(from, to));
}

/** What its author does: a folder beside the first, the first one deprecated, and the agent on the newest. */
function addSecondVersion(): void {
  cpSync(join(source, 'skills', 'paper-v1'), join(source, 'skills', 'paper-v2'), { recursive: true });
  edit('skills/paper-v2/skill.ts', 'Paper:v1', 'Paper:v2');
  edit('skills/paper-v2/SKILL.md', 'paper-v1', 'paper-v2');
  edit('skills/paper-v1/skill.ts', "'1.0.0',", "'1.1.0',\n  deprecated: { replacedBy: 'Paper:v2' },");
  edit('agents/press/agent.ts', "['Paper:v1']", "['Paper:v1', 'Paper:v2']");
}

const sheetsBy = (title: string) =>
  printed.filter(({ sheet }) => sheet.startsWith(title)).map(({ sheet, by }) => `${sheet} ${by}`);

it('a run in flight ends on the version that it was planned with, nothing is done twice, and new runs use the new one', async () => {
  const before = await start();
  unanswered = 'old two';
  const runId = await before.startRun({ agent: 'press', playbook: 'print', input: { title: 'old' } });
  await vi.waitFor(() => expect(sheetsBy('old')).toHaveLength(2), { timeout: 30_000, interval: 20 });
  await before.stop();
  unanswered = '';
  addSecondVersion();

  const after = await start();
  expect(await untilAtRest(after, runId)).toMatchObject({ status: 'completed', output: 'Paper:v1' });
  expect(sheetsBy('old')).toEqual(['old one Paper:v1', 'old two Paper:v1', 'old three Paper:v1']);
  const next = await after.startRun({ agent: 'press', playbook: 'print', input: { title: 'new' } });
  expect(await untilAtRest(after, next)).toMatchObject({ status: 'completed', output: 'Paper:v2' });
  expect(sheetsBy('new')).toEqual(['new one Paper:v2', 'new two Paper:v2', 'new three Paper:v2']);
  expect(after.output).toContain("Agent 'press' is granted Paper:v1, which is deprecated. Grant it Paper:v2 instead.");
  expect(before.output).not.toContain('deprecated');
});

it('the plan of a run that waits stays on its version too, and its approval is for the code that is there now', async () => {
  const before = await start();
  const runId = await before.startRun({ agent: 'press', playbook: 'bind', input: { title: 'old' } });
  const asked = await escalationOf(before, runId);
  await before.stop();
  addSecondVersion();

  const after = await start();
  await after.runUntil(runId, ({ status, generation }) => status === 'escalated' && generation > 1);
  const askedAgain = await escalationOf(after, runId);
  expect(askedAgain.approval).toMatchObject({ skill: 'Paper:v1', argsHash: asked.approval?.argsHash });
  expect(askedAgain.approval?.skillHash).not.toBe(asked.approval?.skillHash);
  expect(askedAgain.approval?.binding).not.toBe(asked.approval?.binding);
  expect(printed).toEqual([]);

  const approve = ['inbox', 'resolve', askedAgain.escalationId, '--approve', '--reason', 'read it', '--watch'];
  const approved = await holdfast(approve, { env: { HOLDFAST_URL: after.url, HOLDFAST_DATA: folder.dataDirectory } });
  expect(approved, approved.stderr).toMatchObject({ exitCode: 0 });
  expect(sheetsBy('old')).toEqual(['old book Paper:v1']);
});

/** What a run that waits for an approval asks. */
async function escalationOf(platform: RunningPlatform, runId: string): Promise<EscalationView> {
  const { waitingFor } = await untilAtRest(platform, runId);
  if (waitingFor?.kind !== 'human') throw new Error('the run does not wait for a person');
  return (await (await platform.call('GET', `/v1/escalations/${waitingFor.escalationId}`)).json()) as EscalationView;
}
