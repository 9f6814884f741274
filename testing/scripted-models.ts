import { costOf, modelPrices } from '../core/model/model-prices.ts';
import type { ModelAnswer, ModelClient, ModelRequest } from '../core/ports/index.ts';
import type { Prices } from '../core/operations/think/metered-client.ts';
import type { Chronicle } from './effects.ts';
import { invocations } from './invocation.ts';
import type { AgentRun, ModelQuestion, ScriptedAnswer, TestModels } from './run-options.ts';
import { TestSetupError } from './test-setup-error.ts';

type Ask = (question: ModelQuestion) => ScriptedAnswer | Promise<ScriptedAnswer>;

/** What an answer that says nothing of its reasons gets. */
const filledIn = {
  reasoning: 'As the test says.',
  options: [{ option: 'what the test says', chosen: true, reason: 'the test says so' }],
};

/** A language model that says what a test says, or one behind a server of the test. */
export function testModelClient(
  models: TestModels | undefined,
  chronicle: Chronicle,
  fail: (error: Error) => void,
): ModelClient {
  if (typeof models === 'object' && 'baseUrl' in models && typeof models.baseUrl === 'string') {
    const settings = { OPENAI_BASE_URL: models.baseUrl, OPENAI_API_KEY: 'test-key-of-no-worth' };
    let client: ModelClient | undefined;
    return {
      async ask(request, signal) {
        // Takes longer to load than all the rest, and few tests need it.
        const { createModelClient } = await import('../core/adapters/ai-sdk/index.ts');
        client ??= createModelClient({ settings, secrets: undefined });
        return client.ask(request, signal);
      },
    };
  }
  const ask = typeof models === 'function' ? models : askScript(models ?? {});
  const calls = new Map<string, number>();
  return {
    async ask(request) {
      const step = invocations.getStore()?.request;
      const purpose = step?.action ?? 'unknown';
      const call = (calls.get(purpose) ?? 0) + 1;
      calls.set(purpose, call);
      const prompt = request.parts.map(({ text }) => text).join('\n\n');
      const where = { runId: step?.runId ?? '', ...(step ? { stepId: step.stepId } : {}) };
      chronicle.tell('model.asked', where, `${purpose}, for the ${call}. time`);
      let answer: ScriptedAnswer;
      try {
        answer = await ask({ purpose, call, prompt, input: step?.input });
      } catch (error) {
        // What a script throws is a mistake of the test; what a model throws is returned by the script.
        fail(error instanceof Error ? error : new TestSetupError(`The models of the test threw ${String(error)}.`));
        return new Promise<never>(() => undefined);
      }
      if (answer instanceof Error) throw answer;
      return answerOf(typeof answer === 'string' ? answer : JSON.stringify(completed(answer, request)), prompt);
    },
  };
}

function askScript(scripts: Exclude<TestModels, Ask | { readonly baseUrl: string }>): Ask {
  return ({ purpose, call }) => {
    const script = Object.hasOwn(scripts, purpose) ? scripts[purpose] : undefined;
    const answer = Array.isArray(script) ? (script as readonly ScriptedAnswer[])[call - 1] : script;
    if (answer !== undefined) return answer as ScriptedAnswer;
    const known = Object.keys(scripts);
    const has = known.length === 0 ? 'nothing' : known.map((one) => `'${one}'`).join(', ');
    throw new TestSetupError(
      `A model was asked for '${purpose}' for the ${call}. time, and the test has no answer to that: 'models' has ${has}. Add 'models.${purpose}', or another answer to its list.`,
    );
  };
}

/** With the members that every answer of its kind needs and no test is about. */
function completed(answer: object, { answerSchema }: ModelRequest): object {
  const { properties = {} } = (answerSchema ?? {}) as { readonly properties?: object };
  return { ...Object.fromEntries(Object.entries(filledIn).filter(([name]) => name in properties)), ...answer };
}

function answerOf(text: string, prompt: string): ModelAnswer {
  const tokensOf = (one: string): number => Math.ceil(one.length / 4);
  return {
    text,
    reasoning: '',
    ending: 'complete',
    usage: {
      ...{ inputTokens: tokensOf(prompt), outputTokens: tokensOf(text) },
      ...{ cachedInputTokens: 0, cacheWriteTokens: 0 },
    },
    latencyMs: 0,
  };
}

/** What models cost in a test: as it says, as is known, or nothing. */
export function testPrices({ prices = [] }: Pick<AgentRun, 'prices'>): Prices {
  const known = { ...modelPrices(undefined), own: [...prices] };
  return (model, usage) => costOf(model, usage, known) ?? 0;
}
