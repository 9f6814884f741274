import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../core/contract/problems.ts';
import { emptyFolder, holdfast } from './command.ts';
import { escalationId, runId, platformsOfTests } from './platform.ts';

const platformWith = platformsOfTests();
const accept = () => ({ runId, status: 'running' }) as const;
const respond = ['inbox', 'resolve', escalationId, '--response'];

describe('the answer of an agent inbox, given to inbox resolve', () => {
  it('is sent as it is, from JSON, a file or standard input, and needs no reason', async () => {
    const { platform, env } = await platformWith({ resolveEscalation: accept });
    const edit = [{ type: 'edit', args: { action: 'Desk:v1/tell', args: { text: 'write' } } }];
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'answer.json'), JSON.stringify(edit));
    const ended = await holdfast([...respond, '[{"type":"accept","args":null}]'], { env });
    expect(ended).toMatchObject({ exitCode: 0, stdout: `Run ${runId} is running\n`, stderr: '' });
    await holdfast([...respond, 'answer.json'], { env, cwd });
    await holdfast([...respond, '-'], { env, input: '[{"type":"ignore"}]' });
    expect(platform.received.map(({ segment, body }) => [segment, body])).toEqual([
      [escalationId, [{ type: 'accept', args: null }]],
      [escalationId, edit],
      [escalationId, [{ type: 'ignore', args: null }]],
    ]);
  });

  it('is refused with what may be answered when it means nothing for the item', async () => {
    const { env } = await platformWith({
      resolveEscalation: () => {
        throw new Problem('resolution-not-allowed', "'accept' means nothing for an item of kind 'inDoubt'.");
      },
    });
    const ended = await holdfast([...respond, '[{"type":"accept","args":null}]'], { env });
    expect(ended.exitCode).toBe(2);
    expect(ended.stderr).toContain("'accept' means nothing for an item of kind 'inDoubt'");
  });

  it.each([
    ['is no list', [...respond, '{"type":"accept","args":null}'], 'a list of one HumanResponse'],
    ['has two answers', [...respond, '[{"type":"accept"},{"type":"ignore"}]'], 'a list of one HumanResponse'],
    ['is of another type', [...respond, '[{"type":"approve"}]'], 'accept, edit, response or ignore'],
    ['is no JSON', [...respond, '[{"type":'], '--response is not valid JSON'],
    ['names a file that is not there', [...respond, 'none.json'], "--response 'none.json' is neither JSON nor a file"],
    ['comes with a decision', [...respond, '[{"type":"accept"}]', '--approve'], 'cannot be used with'],
    ['comes with a reason', [...respond, '[{"type":"accept"}]', '--reason', 'x'], 'cannot be used with'],
    ['is left out, as is the reason', ['inbox', 'resolve', escalationId, '--approve'], '--reason is missing'],
  ])('%s: wrong use, and nothing is sent', async (_case, args, message) => {
    const { platform, env } = await platformWith({});
    const ended = await holdfast(args, { env });
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toContain(message);
    expect(platform.received).toEqual([]);
  });
});
