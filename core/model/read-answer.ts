import type { Json, JsonObject } from './json.ts';
import { scanObject } from './strict-json.ts';

export const mostAnswerBytes = 256 * 1024;
export const mostAnswerLevels = 64;

/** How a provider says that an answer ended. */
export type AnswerEnding = 'complete' | 'truncated' | 'refused' | 'filtered' | 'toolCall' | 'other';

export type AnswerReading =
  | {
      readonly kind: 'value';
      readonly value: JsonObject;
      /** What was forgiven. */
      readonly notes: readonly string[];
    }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] }
  | { readonly kind: 'truncated' | 'refused' | 'filtered' | 'toolCall' };

/**
 * The JSON object in what a model said. Text around it is forgiven as long as there is exactly one object; everything
 * else is a problem, in words that the model can act on. One pass, in time that grows with the length; never throws.
 */
export function readAnswer(answer: { readonly text: string; readonly ending: AnswerEnding }): AnswerReading {
  switch (answer.ending) {
    case 'truncated':
    case 'refused':
    case 'filtered':
    case 'toolCall':
      return { kind: answer.ending };
    case 'complete':
    case 'other':
      return readText(answer.text);
  }
}

function readText(text: string): AnswerReading {
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes > mostAnswerBytes) {
    return invalid(`the answer has ${sizeBytes} bytes; ${mostAnswerBytes} are allowed`);
  }
  if (text.trim() === '') return invalid('the answer is empty; it has to be one JSON object');
  const found = findObjects(text);
  if (found.kind === 'invalid') return found;
  const [first, second] = found.objects;
  if (!first) return invalid('the answer holds no JSON object; it has to be one, with names in double quotes');
  if (second) return invalid('the answer holds more than one JSON object; it has to be exactly one');
  if (first.problems.length > 0) return { kind: 'invalid', problems: first.problems };
  if (first.enclosed) return invalid('the JSON object stands inside of other brackets; it has to stand alone');
  const value = JSON.parse(text.slice(first.start, first.end)) as { [key: string]: Json };
  const around = [text.slice(0, first.start), text.slice(first.end)].map((part) => part.trim());
  return { kind: 'value', value, notes: notesOn(around[0] ?? '', around[1] ?? '') };
}

interface FoundObject {
  readonly start: number;
  readonly end: number;
  readonly problems: readonly string[];
  readonly enclosed: boolean;
}

/** Goes over the text once: what was read as part of an object, whole or broken, is never read again. */
function findObjects(text: string): { readonly kind: 'found'; readonly objects: FoundObject[] } | Invalid {
  const objects: FoundObject[] = [];
  // Brackets in the prose around: an object among them is a part of something else.
  let enclosing = 0;
  const bracket = /[{}[\]]/g;
  for (let match = bracket.exec(text); match && objects.length < 2; match = bracket.exec(text)) {
    const [sign] = match;
    if (sign !== '{') {
      enclosing = Math.max(0, enclosing + (sign === '[' ? 1 : -1));
      continue;
    }
    if (!beginsLikeJson(text, match.index)) {
      enclosing += 1;
      continue;
    }
    const scan = scanObject(text, match.index, mostAnswerLevels);
    if (!scan.ok) return invalid(`the JSON object is broken: ${scan.problem}`);
    objects.push({ start: match.index, end: scan.end, problems: scan.problems, enclosed: enclosing > 0 });
    bracket.lastIndex = scan.end;
  }
  return { kind: 'found', objects };
}

/** A brace before a name in quotes, or before its end, is no prose. */
function beginsLikeJson(text: string, start: number): boolean {
  const next = /[^ \t\r\n]/g;
  next.lastIndex = start + 1;
  const found = next.exec(text)?.[0];
  return found === '"' || found === '}';
}

function notesOn(before: string, after: string): string[] {
  if (before === '' && after === '') return [];
  const fenced = /^```[A-Za-z0-9]*$/.test(before) && after === '```';
  return [fenced ? 'a code fence around the JSON object was left aside' : 'text around the JSON object was left aside'];
}

type Invalid = Extract<AnswerReading, { kind: 'invalid' }>;

function invalid(problem: string): Invalid {
  return { kind: 'invalid', problems: [problem] };
}
