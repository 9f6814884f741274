import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { StartRunRequest } from '../../core/contract/api.ts';
import type { WrittenBudget } from '../../core/model/budget.ts';
import { budgetArgument, labelArgument, readJsonOption } from '../arguments.ts';
import { connect, withApiOptions } from '../connection.ts';
import type { ApiOptions } from '../connection.ts';
import type { Client } from '../client.ts';
import { CliError, Unreachable } from '../errors.ts';
import { safe } from '../escape.ts';
import { ownName, styledRunStatus } from '../outcome.ts';
import { printDocument, printLine, printNote } from '../output.ts';
import type { SetExitCode } from '../program.ts';
import { printPreview } from '../preview-lines.ts';
import { followRun } from '../watch/follow.ts';

interface RunOptions extends ApiOptions {
  readonly playbook?: string;
  readonly goal?: string;
  readonly input?: string;
  readonly plan?: string;
  readonly budget?: WrittenBudget;
  readonly label?: Record<string, string>;
  readonly idempotencyKey?: string;
  readonly watch?: boolean;
  readonly preview?: boolean;
}

export function addRun(program: Command, setExitCode: SetExitCode): void {
  withApiOptions(program.command('run'))
    .description('start a run of an agent')
    .argument('<agent>', "name of the agent ('agents' lists them)")
    .option('--playbook <name>', 'follow this playbook of the agent')
    .option('--goal <text>', 'what the run is for')
    .option('--input <json|file>', "the playbook's input: JSON, a file, or - for standard input")
    .option('--plan <json|file>', 'a plan of your own instead of a playbook: JSON, a file, or -')
    .option('--budget <unit=number>', 'the most it may use of usd, tokens, steps or recoveries', budgetArgument)
    .option('--label <key=value>', 'label of the run; may be given several times', labelArgument)
    .option('--idempotency-key <key>', 'one key starts one run, however often it is given (default: a new one)')
    .option('--preview', 'show what the run would begin with, and start nothing')
    .option('--watch', 'show how the run goes on until it is over or waits for a person')
    .action(async (agent: string, options: RunOptions) => {
      const request = await startRequest(agent, options);
      const client = connect(options);
      if (options.preview) return printPreview(await client.previewRun(request), options.json ?? false);
      const accepted = await startRun(client, request, options.idempotencyKey);
      const json = options.json ?? false;
      if (options.watch) {
        if (!json) printLine(safe`Run ${accepted.runId}`);
        setExitCode(await followRun(client, accepted.runId, json));
      } else if (json) {
        printDocument(accepted);
      } else {
        printLine(safe`Run ${accepted.runId} is ${styledRunStatus(accepted.status)}`);
        printNote(safe`Watch it with: ${ownName} show ${accepted.runId} --watch`);
      }
    });
}

async function startRequest(agent: string, options: RunOptions): Promise<StartRunRequest> {
  const { playbook, goal, label, budget } = options;
  return {
    agent,
    ...(goal === undefined ? {} : { goal }),
    ...(playbook === undefined ? {} : { playbook }),
    ...(options.input === undefined ? {} : { input: await readJsonOption('--input', options.input) }),
    ...(options.plan === undefined ? {} : { plan: await readJsonOption('--plan', options.plan) }),
    ...(label === undefined ? {} : { labels: label }),
    ...(budget === undefined ? {} : { budget }),
  };
}

/** Starts the run; when no answer came, says how to make sure that it runs once. */
async function startRun(client: Client, request: StartRunRequest, givenKey: string | undefined) {
  const key = givenKey ?? randomUUID();
  try {
    return await client.startRun(request, key);
  } catch (error) {
    if (!(error instanceof Unreachable) || error.reason !== 'lost') throw error;
    const hint = `The run may have been started. Repeat the command with --idempotency-key ${key}, and there is one run.`;
    throw new CliError(error.exitCode, error.message, { details: [hint, ...error.details], cause: error });
  }
}
