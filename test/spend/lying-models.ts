import type { TokenUsage } from '../../core/model/token-usage.ts';
import type { FakeBehaviour, FakeRequest } from '../fixtures/fake-models.ts';
import { fakeTokens } from '../fixtures/fake-models.ts';
import { spokenBy } from '../fixtures/fake-model-bodies.ts';

/** What has to be charged for a call, whatever its server says about it. */
export type Expectation =
  /** Exactly this was used: the server has counted it. */
  | { readonly kind: 'counted'; readonly usage: TokenUsage }
  /** A lie that may be true. */
  | { readonly kind: 'claimed'; readonly usage: TokenUsage }
  /** Nobody can know, because nothing was said or what was said cannot be: as much as was possible. */
  | { readonly kind: 'worst' }
  /** It is proven that no model worked. */
  | { readonly kind: 'nothing' };

/** What a server does, and what that has to cost. */
export interface Manner {
  readonly name: string;
  readonly behaviour: FakeBehaviour;
  readonly costs: Expectation['kind'];
}

const considered = { reasoning: 'So.', options: [{ option: 'this', chosen: true, reason: '' }] };
const good = JSON.stringify({ ...considered, answer: 'yes' });
const wrong = '{"reasoning":"Again and again."}';
const kept = (name: string, behaviour: FakeBehaviour): Manner => ({ name, behaviour, costs: 'counted' });
const dead = (name: string, behaviour: FakeBehaviour): Manner => ({ name, behaviour, costs: 'worst' });
const lie = (name: string, usage: unknown, costs: Manner['costs']): Manner => ({
  ...{ name, costs },
  behaviour: { kind: 'lies', text: good, usage },
});

export const honest: Manner = kept('answers', { kind: 'says', text: good });

/** Everything that a server may do with one call. `neverEnds` costs 10 MB each time, so it stands apart. */
export const manners: readonly Manner[] = [
  honest,
  kept('answers from a cache', { kind: 'says', text: good, cachedTokens: 100 }),
  kept('answers in Markdown', { kind: 'fenced', text: good }),
  kept('says the same wrong answer again', { kind: 'says', text: wrong }),
  kept('is cut off', { kind: 'truncated', text: good.slice(0, 30) }),
  kept('refuses', { kind: 'refuses', text: 'No.' }),
  kept('calls a tool', { kind: 'callsTool', name: 'book', input: '{}' }),
  kept('nests deep', { kind: 'nested', depth: 200 }),
  dead('breaks the connection', { kind: 'resets', text: good }),
  dead('sends garbage', { kind: 'garbage', bytes: 5_000 }),
  dead('fails after it began', { kind: 'fails', status: 500 }),
  { name: 'is asked too often', behaviour: { kind: 'fails', status: 429 }, costs: 'nothing' },
  { name: 'is overloaded', behaviour: { kind: 'fails', status: 529 }, costs: 'nothing' },
  {
    name: 'filters the prompt',
    behaviour: { kind: 'fails', status: 400, code: 'content_filter' },
    costs: 'worst',
  },
  lie('claims billions', { prompt_tokens: 9e9, completion_tokens: 9e9 }, 'worst'),
  lie('claims more than whole numbers hold', { prompt_tokens: 1e300, completion_tokens: 1e300 }, 'worst'),
  lie('claims next to nothing', { prompt_tokens: 1, completion_tokens: 1 }, 'claimed'),
  lie('claims nothing', { prompt_tokens: 0, completion_tokens: 0 }, 'worst'),
  lie('claims less than nothing', { prompt_tokens: -5, completion_tokens: -1e9 }, 'worst'),
  lie('says nothing of usage', undefined, 'worst'),
  lie('says null', null, 'worst'),
  lie('says an empty usage', {}, 'worst'),
  lie('says words for numbers', { prompt_tokens: 'few', completion_tokens: 'none' }, 'worst'),
  lie(
    'claims more cached than read',
    { prompt_tokens: 300, completion_tokens: 20, prompt_tokens_details: { cached_tokens: 1e9 } },
    'claimed',
  ),
];
export const neverEnding: Manner = dead('never ends', { kind: 'neverEnds' });
export const silent: Manner = dead('says nothing at all', { kind: 'silent' });

/** What a call has to cost, by what the server itself counted. */
export function expectationOf({ behaviour, costs }: Manner, request: FakeRequest): Expectation {
  const counted = {
    inputTokens: fakeTokens(request.raw),
    cachedInputTokens: behaviour.kind === 'says' ? (behaviour.cachedTokens ?? 0) : 0,
    cacheWriteTokens: 0,
    outputTokens: fakeTokens(spokenBy(behaviour)),
  };
  switch (costs) {
    case 'counted':
      return { kind: 'counted', usage: counted };
    case 'claimed':
      return { kind: 'claimed', usage: claimed(behaviour) };
    case 'worst':
    case 'nothing':
      return { kind: costs };
  }
}

function claimed(behaviour: FakeBehaviour): TokenUsage {
  const claim = (behaviour.kind === 'lies' ? behaviour.usage : {}) as {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly prompt_tokens_details?: { readonly cached_tokens: number };
  };
  return {
    inputTokens: claim.prompt_tokens,
    // No more can be read from a cache than is read.
    cachedInputTokens: Math.min(claim.prompt_tokens, claim.prompt_tokens_details?.cached_tokens ?? 0),
    cacheWriteTokens: 0,
    outputTokens: claim.completion_tokens,
  };
}
