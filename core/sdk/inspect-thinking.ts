import type { WrittenBudget } from '../model/budget.ts';
import { writtenBudget } from '../model/budget.ts';
import { modelName } from '../model/names.ts';
import { recoveryModes } from '../model/recovery.ts';
import { purposes } from '../model/think-input.ts';
import type { Inspection } from './inspection.ts';
import { shown } from './inspection.ts';

/** What an agent says about the models that speak for it. */
export function inspectModels(
  { models, planning, verify }: Readonly<Record<string, unknown>>,
  inspection: Inspection,
): void {
  const list = Array.isArray(models) ? models : models === undefined ? [] : [models];
  for (const [index, model] of list.entries()) {
    if (Array.isArray(models) && modelName.safeParse(model).success && list.indexOf(model) === index) continue;
    inspection.add({
      at: Array.isArray(models) ? `models.${index}` : 'models',
      wrong: 'is no model, or is named twice',
      given: shown(model),
      allowed: "a list of names such as 'openai:gpt-5-mini', 'anthropic:claude-sonnet-4-5', 'bedrock:…'",
      remedy: 'Name the provider and the model; the first is asked first',
    });
  }
  if (planning !== undefined && planning !== 'upfront' && planning !== 'incremental') {
    inspection.add({
      at: 'planning',
      wrong: 'is not known',
      given: shown(planning),
      allowed: "'upfront', 'incremental'",
      remedy: "Write 'incremental' where a later step depends on what an earlier one finds",
    });
  }
  if (verify !== undefined && typeof verify !== 'boolean') {
    inspection.add({
      at: 'verify',
      wrong: 'must be true or false',
      given: shown(verify),
      allowed: 'true, false',
      remedy: 'Correct it',
    });
  }
}

/** The options without `prompts`, for which there is one place only. */
export function refusePrompts(options: unknown, inspection: Inspection): unknown {
  if (typeof options !== 'object' || options === null || !('prompts' in options)) return options;
  const { prompts, ...others } = options;
  const folder = `agents/${'name' in others && typeof others.name === 'string' ? others.name : '<name>'}/prompts`;
  inspection.add({
    at: 'prompts',
    wrong: 'is no option: prompts are files',
    given: shown(prompts),
    allowed: purposes.map((purpose) => `${folder}/${purpose}.md`).join(', '),
    remedy: 'Move each text into its file, and remove prompts here',
  });
  return others;
}

const budgetBounds = {
  usd: 'US dollars above 0, at most 1,000,000, with at most 6 decimals',
  tokens: 'a whole number from 1 to 1,000,000,000,000',
  steps: 'a whole number from 1 to 100,000',
  recoveries: 'a whole number from 0 to 1,000',
} as const satisfies Record<keyof WrittenBudget, string>;

/** The most that one run may use. */
export function inspectBudget(budget: unknown, inspection: Inspection): void {
  if (budget === undefined) return;
  const given = inspection.members('budget', budget, Object.keys(budgetBounds));
  for (const [unit, allowed] of Object.entries(budgetBounds)) {
    const amount = given?.[unit];
    if (amount === undefined || writtenBudget.safeParse({ [unit]: amount }).success) continue;
    const remedy = 'Correct it, or leave it out for no such limit';
    inspection.add({ at: `budget.${unit}`, wrong: 'is no limit', given: shown(amount), allowed, remedy });
  }
}

/** Whether failures are mended within a run. */
export function inspectRecovery(recovery: unknown, inspection: Inspection): void {
  if (recovery === undefined || recoveryModes.some((mode) => mode === recovery)) return;
  inspection.add({
    at: 'recovery',
    wrong: 'is not known',
    given: shown(recovery),
    allowed: recoveryModes.map((mode) => `'${mode}'`).join(', '),
    remedy: "Write 'shadow' to see what would be done before it is done, or leave it out",
  });
}
