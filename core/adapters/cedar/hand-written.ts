import type { DetailedError, EntityUidJson, PolicyJson } from '@cedar-policy/cedar-wasm/web';
import type { PolicyFile, PolicyProblem } from '../../model/policy.ts';
import { cedarEngine } from './engine.ts';
import { isRead, readsOf } from './policy-reads.ts';
import type { PolicySource } from './policy-text.ts';
import { lineAtByte, policiesIn } from './policy-text.ts';

/** A policy that a person wrote. It can only forbid. */
export interface HandWrittenPolicy {
  /** `policies/freeze.cedar#<its @id>`, or with its line: `policies/freeze.cedar:12`. */
  readonly id: string;
  readonly file: string;
  readonly source: PolicySource;
  /** For people: its `@reason`, or what and where it is. */
  readonly inWords: string;
  readonly readsTime: boolean;
  readonly asksForApproval: boolean;
  /** Whether it may apply to an agent's use of an action, which is given with the groups that it is in. */
  readonly concerns: (agent: string, action: ReadonlySet<string>) => boolean;
}

export interface HandWrittenPolicies {
  readonly policies: readonly HandWrittenPolicy[];
  readonly problems: readonly PolicyProblem[];
}

/** Reads files of policies. What cannot be read, permits something or has the id of another one is a problem. */
export function readHandWritten(files: readonly PolicyFile[]): HandWrittenPolicies {
  const policies: HandWrittenPolicy[] = [];
  const problems: PolicyProblem[] = [];
  for (const { file, text } of files) {
    const ids = new Set<string>();
    for (const source of policiesIn(text)) {
      const answer = cedarEngine().policyToJson(source.text);
      if (answer.type === 'failure') {
        problems.push(...answer.errors.map((error) => problemOf(file, source, error)));
        continue;
      }
      const policy = handWritten(file, source, answer.json);
      const problem = misuse(answer.json, ids.has(policy.id));
      ids.add(policy.id);
      if (problem) problems.push({ file, line: source.line, message: problem });
      else policies.push(policy);
    }
  }
  return { policies, problems };
}

/** A problem that the engine found in a policy. */
export function problemOf(file: string, source: PolicySource, error: DetailedError): PolicyProblem {
  const [place] = error.sourceLocations ?? [];
  const label = place?.label ? `; ${place.label}` : '';
  const help = error.help ? ` (${error.help})` : '';
  const message = error.message.replace(/^(?:for policy `[^`]*`[:,] |failed to parse policy[^:]*: )/, '');
  return { file, line: lineAtByte(source, place?.start ?? 0), message: `${message}${label}${help}` };
}

function misuse({ effect, annotations = {} }: PolicyJson, isTaken: boolean): string | undefined {
  if (effect !== 'forbid') {
    return 'permits something. Policies of this folder can only forbid; write a grant into the agent instead, or turn the condition round';
  }
  if (isTaken) return `has the @id ${JSON.stringify(annotations['id'])} of another policy of this file; rename one`;
  return undefined;
}

function handWritten(file: string, source: PolicySource, json: PolicyJson): HandWrittenPolicy {
  const { id, reason } = json.annotations ?? {};
  const place = `${file}:${source.line}`;
  const reads = readsOf([json]);
  return {
    id: id ? `${file}#${id}` : place,
    file,
    source,
    inWords: reason ? `${reason} (${place})` : `${place} forbids it`,
    readsTime: isRead(reads, 'now'),
    asksForApproval: isRead(reads, 'approved'),
    concerns: (agent, action) => mayBeAgent(json, agent) && mayBeAction(json, action),
  };
}

function mayBeAgent({ principal }: PolicyJson, agent: string): boolean {
  if (principal.op !== '==' || !('entity' in principal)) return true;
  return idOf(principal.entity) === agent;
}

/** Whether the scope of a policy has room for an action, which is given with the groups that it is in. */
export function mayBeAction({ action }: PolicyJson, asked: ReadonlySet<string>): boolean {
  if (action.op === 'All') return true;
  const entities = 'entity' in action ? [action.entity] : 'entities' in action ? action.entities : undefined;
  return !entities || entities.some((entity) => asked.has(idOf(entity)));
}

function idOf(entity: EntityUidJson): string {
  if ('id' in entity) return entity.id;
  const { __entity: written } = entity;
  return written.id;
}
