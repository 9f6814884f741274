import { readFile } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';
import { escalationView, listQuery, mostRedriven, runAccepted, skillSummary, spendView } from '../core/contract/api.ts';
import * as z from 'zod';
import type { Json } from '../core/model/json.ts';
import type { WrittenBudget } from '../core/model/budget.ts';
import { usageError } from './errors.ts';

/** Parsers of what users type. Each says what it was given and what it takes. */

export const runIdArgument = parserOf(runAccepted.shape.runId, "'holdfast runs' lists them.");
export const skillIdArgument = parserOf(skillSummary.shape.id, "'holdfast skills' lists them.");
export const escalationIdArgument = parserOf(escalationView.shape.escalationId, "'holdfast inbox' lists them.");
export const limitArgument = parserOf(listQuery.shape.limit, 'It is the number of items on a page.');
export const redrivenArgument = parserOf(
  z.coerce.number().pipe(z.int().min(1).max(mostRedriven)),
  'It is the number of messages of each queue.',
);
export const dayArgument = parserOf(spendView.shape.from, 'A day is written like 2026-11-27.');

function parserOf<Schema extends z.ZodType>(schema: Schema, hint: string): (text: string) => z.output<Schema> {
  return (text) => {
    const parsed = schema.safeParse(text);
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(`${parsed.error.issues[0]?.message ?? 'It is not valid'}. ${hint}`);
  };
}

/** How long an escalation is claimed, in minutes. */
export function minutesArgument(text: string): number {
  const minutes = Number(text);
  if (/^[0-9]{1,3}$/.test(text) && minutes >= 1 && minutes <= 240) return minutes;
  throw new InvalidArgumentError('A claim lasts 1 to 240 minutes, a whole number.');
}

/** A port; 0 stands for any that is free. */
export function portArgument(text: string): number {
  const port = Number(text);
  if (/^[0-9]{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a number from 0 to 65535.');
}

/** Collects `--label key=value`, which may be given several times. */
export function labelArgument(text: string, sofar: Readonly<Record<string, string>> = {}): Record<string, string> {
  const split = text.indexOf('=');
  if (split < 1) throw new InvalidArgumentError('A label is written key=value.');
  return Object.fromEntries([...Object.entries(sofar), [text.slice(0, split), text.slice(split + 1)]]);
}

const budgetUnits = ['usd', 'tokens', 'steps', 'recoveries'];

/** A limit of a budget, such as `usd=0.50`, added to those before it. */
export function budgetArgument(text: string, sofar: WrittenBudget = {}): WrittenBudget {
  const [unit = '', amount = '', ...rest] = text.split('=');
  if (!budgetUnits.includes(unit) || rest.length > 0 || !/^[0-9]+(\.[0-9]+)?$/.test(amount)) {
    throw new InvalidArgumentError(
      `A limit is written unit=number, such as usd=0.50; units are ${budgetUnits.join(', ')}.`,
    );
  }
  return { ...sofar, [unit]: Number(amount) };
}

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Seconds of `90s`, `15m`, `1h` or `7d`. */
export function durationArgument(text: string): number {
  const [, count, unit] = /^([1-9][0-9]{0,5})([smhd])$/.exec(text) ?? [];
  const unitSeconds = secondsOf[unit ?? ''];
  if (count === undefined || unitSeconds === undefined) {
    throw new InvalidArgumentError('A duration is written like 90s, 15m, 1h or 7d.');
  }
  return Number(count) * unitSeconds;
}

/**
 * The JSON value of an option that takes JSON, a file name, or `-` for standard input. Text that begins like a JSON
 * object, array or string is taken as JSON. Throws a usage error that names the option.
 */
export async function readJsonOption(option: string, text: string): Promise<Json> {
  if (/^\s*[[{"]/.test(text)) return parseJson(text, `${option} is not valid JSON`);
  const content = text === '-' ? await readStandardInput() : await readTextFile(option, text);
  return parseJson(
    content,
    text === '-' ? `${option}: standard input is not valid JSON` : `${option}: the file '${text}' is not valid JSON`,
  );
}

async function readTextFile(option: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usageError(
      `${option} '${file}' is neither JSON nor a file that can be read (${reason}). ` +
        `Give a JSON value such as '{"a":1}', a file name, or - for standard input.`,
      error,
    );
  }
}

async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string, complaint: string): Json {
  try {
    // A byte order mark is what some editors put before JSON.
    return JSON.parse(text.replace(/^\ufeff/, '')) as Json;
  } catch (error) {
    throw usageError(`${complaint}: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}
