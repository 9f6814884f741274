import { sha256 } from './json.ts';

/** The skill under which steps stand that hand a part of a goal to another agent. Its actions are named like the agents. */
export const agentSkillId = 'Agent:v1';

/** Runs above one another that a run may have at most: it, asked for by a person, then three that hand on. */
export const mostDepth = 3;

/** Names the part of its budget that a run has set aside for one that a step of it has begun. */
export function partKey({ stepId, occurrence }: { readonly stepId: string; readonly occurrence: number }): string {
  return `${stepId}.${occurrence}.child`;
}

const crockford = '0123456789abcdefghjkmnpqrstvwxyz';
const characters = 26;

/**
 * The run that a step has begun: every try of the same effect means the same run. 130 bits of the key, written like the other
 * ids of runs.
 *
 * @param effectKey of the step: hexadecimal
 */
export function childRunId(effectKey: string): string {
  let rest = BigInt(`0x${sha256(`child|${effectKey}`)}`);
  let id = '';
  for (let at = 0; at < characters; at += 1) {
    id += crockford[Number(rest & 31n)];
    rest >>= 5n;
  }
  return `run-${id}`;
}
