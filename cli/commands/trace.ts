import { setTimeout as delay } from 'node:timers/promises';
import { Option } from 'commander';
import type { Command } from 'commander';
import type { TraceEvent, TracePage } from '../../core/contract/api.ts';
import { runIdArgument } from '../arguments.ts';
import type { Client } from '../client.ts';
import { connect, withApiOptions } from '../connection.ts';
import type { ApiOptions } from '../connection.ts';
import { safe } from '../escape.ts';
import { printDocument, printLine } from '../output.ts';
import { styledRunStatus } from '../outcome.ts';
import { traceLines } from '../trace-lines.ts';

interface TraceOptions extends ApiOptions {
  readonly format: 'text' | 'json' | 'otlp';
  readonly follow?: boolean;
}

/** Between two looks at a run that goes on, in milliseconds. */
const lookAgainMs = 500;
const over = new Set<TracePage['status']>(['completed', 'declined', 'failed', 'canceled']);

export function addTrace(program: Command): void {
  withApiOptions(program.command('trace'))
    .description('show what happened in a run and why: plans, attempts, decisions, spend')
    .argument('<run>', 'id of the run', runIdArgument)
    .addOption(
      new Option('--format <format>', 'otlp: an export request of OpenTelemetry, as JSON')
        .choices(['text', 'json', 'otlp'])
        .default('text'),
    )
    .option('--follow', 'go on until the run is over or waits for a person')
    .action(async (runId: string, options: TraceOptions) => {
      const client = connect(options);
      const format = options.json ? 'json' : options.format;
      if (format === 'otlp') {
        if (options.follow) await lastPage(client, runId, () => undefined);
        printDocument(await client.exportTrace(runId));
        return;
      }
      const events: TraceEvent[] = [];
      const onEvents = (page: TracePage): void => {
        if (format === 'json') events.push(...page.events);
        else for (const line of page.events.flatMap(traceLines)) printLine(line);
      };
      const last = await (options.follow ? lastPage(client, runId, onEvents) : eachPage(client, runId, onEvents));
      const { agent, status } = last;
      if (format === 'json') printDocument({ runId, agent, status, events });
      else printLine(safe`${runId}  ${styledRunStatus(status)}`);
    });
}

/** Reads what there is now. */
async function eachPage(client: Client, runId: string, onEvents: (page: TracePage) => void): Promise<TracePage> {
  let reached = 0;
  for (;;) {
    const page = await client.showTrace(runId, reached);
    onEvents(page);
    if (page.nextAfter === null) return page;
    reached = page.nextAfter;
  }
}

/** Reads on until nothing more is to be expected before a person does something: streamed, or again and again. */
async function lastPage(client: Client, runId: string, onEvents: (page: TracePage) => void): Promise<TracePage> {
  let since = '';
  for (;;) {
    const page = await client.showNews(runId, since);
    onEvents(page);
    since = page.since ?? since;
    if (page.more === true) continue;
    if (over.has(page.status) || page.status === 'escalated') return page;
    since = await streamed(client, page, since, onEvents);
    await delay(lookAgainMs);
  }
}

/** Takes what is streamed until a person is asked, the run is over or the stream ends. Gives what is then known. */
async function streamed(
  client: Client,
  page: TracePage,
  from: string,
  onEvents: (page: TracePage) => void,
): Promise<string> {
  const stop = new AbortController();
  let since = from;
  try {
    const stream = await client.followRun(page.runId, since, stop.signal);
    if (!stream) return since;
    for await (const told of stream) {
      if (told.kind === 'over') return since;
      since = told.since;
      onEvents({ ...page, events: [told.event] });
      // Where the run rests now is asked for.
      if (told.event.type === 'escalation.opened') return since;
    }
    return since;
  } catch (error) {
    // A connection that breaks is taken up again by a question, which tells when nobody answers.
    if (error instanceof TypeError || (error instanceof Error && error.name === 'AbortError')) return since;
    throw error;
  } finally {
    stop.abort();
  }
}
