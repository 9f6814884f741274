import { Option } from 'commander';
import type { Command } from 'commander';
import { humanResponses } from '../core/contract/api.ts';
import type { HumanResponse, ResolveRequest } from '../core/contract/api.ts';
import { readJsonOption } from './arguments.ts';
import type { Json } from '../core/model/json.ts';
import { usageError } from './errors.ts';

type Resolution = ResolveRequest['resolution'];

/** The options that say what a person decides; one of them is given. */
export interface ResolutionOptions {
  readonly attest?: 'happened' | 'not-happened';
  readonly approve?: boolean;
  readonly reject?: boolean;
  readonly edit?: boolean;
  readonly retry?: boolean;
  readonly provide?: boolean;
  readonly skip?: boolean;
  readonly replan?: boolean;
  readonly compensate?: boolean;
  readonly abort?: boolean;
  readonly binding?: string;
  readonly input?: string;
  readonly output?: string;
  readonly instructions?: string;
  readonly reason: string;
}

/** The options as they are written: a decision and its reason, or the answer of another inbox, which has its own. */
export interface WrittenDecision extends Omit<ResolutionOptions, 'reason'> {
  readonly reason?: string;
  readonly response?: string;
}

const flags: Readonly<Record<Exclude<Resolution, 'attest'>, string>> = {
  approve: 'allow the use, with exactly the arguments that are shown',
  reject: 'do not allow the use; the run is declined',
  edit: 'give the step other arguments (--input); they pass the gate of every plan',
  retry: 'try again: failed steps get another attempt',
  provide: 'the work was done elsewhere: the step counts as done with --output',
  skip: 'leave the step out',
  replan: 'have the model plan anew what is not over, as --instructions say',
  compensate: 'do not go on: undo what the run has done',
  abort: 'end the run as canceled; what it has done stands',
};
const decisions = ['attest', ...(Object.keys(flags) as (keyof typeof flags)[])] as const;

/** What each further option belongs to. */
const belongsTo: Readonly<Record<'binding' | 'input' | 'output' | 'instructions', readonly Resolution[]>> = {
  binding: ['approve', 'reject'],
  input: ['edit'],
  output: ['attest', 'provide'],
  instructions: ['replan'],
};

/** Adds the options that say what is decided. */
export function withResolution(command: Command): Command {
  const others = (name: string): string[] => decisions.filter((one) => one !== name);
  command.addOption(
    new Option('--attest <verdict>', 'whether the side effect took place')
      .choices(['happened', 'not-happened'])
      .conflicts(others('attest')),
  );
  for (const [name, description] of Object.entries(flags)) {
    command.addOption(new Option(`--${name}`, description).conflicts(others(name)));
  }
  return command
    .option('--binding <binding>', 'of the use as it was shown, so that nothing else is approved')
    .option('--input <json|file>', 'all arguments of the step: JSON, a file, or -')
    .option('--output <json|file>', 'what the action would have answered: JSON, a file, or -')
    .option('--instructions <text>', 'what is to be planned, in words')
    .option('--reason <text>', 'how you know, or why, for the record; needed with every decision')
    .addOption(
      new Option(
        '--response <json|file>',
        'instead of a decision, what an agent inbox of LangChain answers (a HumanResponse): JSON, a file, or -',
      ).conflicts([...decisions, ...Object.keys(belongsTo), 'reason']),
    );
}

/** What is decided, here or in another inbox. Throws a usage error that says what is missing or wrong. */
export async function decisionOf(written: WrittenDecision): Promise<ResolveRequest | HumanResponse[]> {
  const { response, reason, ...options } = written;
  if (response !== undefined) return responseOf(await readJsonOption('--response', response));
  if (reason === undefined) {
    throw usageError('--reason is missing. Say how you know, or why, for the record: --reason "asked at the desk".');
  }
  return resolutionOf({ ...options, reason });
}

function responseOf(given: Json): HumanResponse[] {
  const { data, error } = humanResponses.safeParse(given);
  if (data) return data;
  const wrong = error.issues.map(({ path, message }) => `${path.length === 0 ? '' : `${path.join('.')}: `}${message}`);
  throw usageError(
    `--response is not what an agent inbox of LangChain answers (${wrong.join('; ')}). Give a list of one HumanResponse, ` +
      `such as '[{"type":"accept","args":null}]'; its type is accept, edit, response or ignore.`,
    error,
  );
}

/** What the options say. Throws a usage error when they say nothing, or something that does not belong together. */
export async function resolutionOf(options: ResolutionOptions): Promise<ResolveRequest> {
  const { reason, attest } = options;
  const resolution = decisions.find((one) => options[one] !== undefined);
  if (resolution === undefined) {
    const all = Object.keys(flags).map((name) => `--${name}`);
    throw usageError(
      `Say what you decide: --attest happened, --attest not-happened, ${all.slice(0, -1).join(', ')} or ${all.at(-1)}.`,
    );
  }
  for (const [option, owners] of Object.entries(belongsTo) as [keyof typeof belongsTo, readonly Resolution[]][]) {
    if (options[option] === undefined || owners.includes(resolution)) continue;
    const named = owners.map((one) => (one === 'attest' ? '--attest happened' : `--${one}`)).join(' and ');
    throw usageError(`--${option} belongs to ${named}; leave it out.`);
  }
  switch (resolution) {
    case 'attest': {
      const output = options.output === undefined ? {} : { output: await readJsonOption('--output', options.output) };
      return { resolution, happened: attest === 'happened', reason, ...output };
    }
    case 'approve':
    case 'reject':
      return { resolution, reason, ...(options.binding === undefined ? {} : { binding: options.binding }) };
    case 'edit': {
      const input = await readJsonOption('--input', needed(options.input, '--input', resolution));
      if (typeof input === 'object' && input !== null && !Array.isArray(input)) return { resolution, reason, input };
      throw usageError('--input has to be a JSON object: all arguments of the step, by name.');
    }
    case 'provide':
      return {
        resolution,
        reason,
        output: await readJsonOption('--output', needed(options.output, '--output', resolution)),
      };
    case 'replan':
      return { resolution, reason, instructions: needed(options.instructions, '--instructions', resolution) };
    case 'retry':
    case 'skip':
    case 'compensate':
    case 'abort':
      return { resolution, reason };
  }
}

function needed(value: string | undefined, option: string, resolution: Resolution): string {
  if (value !== undefined) return value;
  throw usageError(`--${resolution} needs ${option}.`);
}
