import type { LanguageModelV4Prompt, SharedV4ProviderOptions } from '@ai-sdk/provider';
import { ActionError } from '../../model/failure.ts';
import type { PromptPart } from '../../ports/index.ts';

/** How a provider wants parts: as blocks, with a point up to which it keeps the prefix; or joined to one text for each role. */
export type PromptForm = 'blocks' | 'joined';

const betweenParts = '\n\n';

/** Names of the same wish for each provider; each ignores what is not its own. */
const cachePoint: SharedV4ProviderOptions = {
  anthropic: { cacheControl: { type: 'ephemeral' } },
  amazonBedrock: { cachePoint: { type: 'default' } },
};

/**
 * The parts as the provider takes them. The bytes of stable parts depend on nothing but themselves. Servers that speak
 * like OpenAI get one message for each role: the templates of many local models allow no more, and those that keep
 * prefixes do so by themselves.
 */
export function promptOf(parts: readonly PromptPart[], form: PromptForm): LanguageModelV4Prompt {
  const firstUser = parts.findIndex(({ role }) => role === 'user');
  const lastSystem = parts.findLastIndex(({ role }) => role === 'system');
  if (firstUser < 0 || lastSystem > firstUser) {
    throw new ActionError(
      'A prompt needs at least one part of the user, and parts of the system come before it. Put them in that order.',
      { class: 'bug', sendOutcome: 'notSent' },
    );
  }
  const system = parts.slice(0, firstUser);
  const user = parts.slice(firstUser);
  if (form === 'joined') {
    const joined = (parts: readonly PromptPart[]): string => parts.map(({ text }) => text).join(betweenParts);
    return [
      ...(system.length > 0 ? [{ role: 'system' as const, content: joined(system) }] : []),
      { role: 'user', content: [{ type: 'text', text: joined(user) }] },
    ];
  }
  const lastStable = parts.findLastIndex(({ stable }) => stable);
  const optionsAt = (position: number): { providerOptions?: SharedV4ProviderOptions } =>
    position === lastStable ? { providerOptions: cachePoint } : {};
  return [
    ...system.map(({ text }, position) => ({ role: 'system' as const, content: text, ...optionsAt(position) })),
    {
      role: 'user',
      content: user.map(({ text }, position) => ({
        type: 'text',
        text,
        ...optionsAt(firstUser + position),
      })),
    },
  ];
}
