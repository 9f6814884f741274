import { ActionError } from '../../model/failure.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { isObject } from './messages.ts';

/** What a tool answered, and whether it says that it failed. */
export interface ToolAnswer {
  readonly isError: boolean;
  /** What it said in words; parts that are no text are only mentioned. */
  readonly text: string;
  readonly structured: JsonObject | undefined;
}

/** Throws ActionError, with an unknown outcome, for a result that is none of a tool that has ended. */
export function toolAnswerOf(result: JsonObject): ToolAnswer {
  const { content, structuredContent, isError, resultType } = result;
  if (resultType !== undefined && resultType !== 'complete') {
    throw new ActionError(
      `the tool answered '${inWords(resultType)}' and wants something first; only tools that end with one call can be used`,
      { class: 'bug', sendOutcome: 'unknown' },
    );
  }
  const parts = Array.isArray(content) ? content : [];
  const structured = isObject(structuredContent) ? structuredContent : undefined;
  return { isError: isError === true, text: parts.map(textOf).join('\n'), structured };
}

function textOf(part: unknown): string {
  if (!isObject(part)) return '';
  const { type, text, resource, uri } = part;
  if (type === 'text' && typeof text === 'string') return text;
  if (isObject(resource) && typeof resource['text'] === 'string') return resource['text'];
  return `[${inWords(type)}${typeof uri === 'string' ? ` ${uri}` : ''}]`;
}

function inWords(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 40) : 'of no type';
}

/**
 * The output of an action: what the tool answered as data, else its text where that is a JSON object, else `{ text }`.
 * @param wantsText only the text, whatever else there is
 */
export function outputOf({ structured, text }: ToolAnswer, wantsText: boolean): Json {
  if (wantsText) return { text: text === '' && structured ? JSON.stringify(structured) : text };
  return structured ?? objectIn(text) ?? { text };
}

/** Older servers write JSON into a text. */
function objectIn(text: string): JsonObject | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return undefined;
  }
}
