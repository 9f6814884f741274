import type { Scenario } from '../scenario.ts';
import { answers } from './answers.ts';
import { bounds } from './bounds.ts';
import { generated } from './generated.ts';
import { passing } from './passing.ts';
import { planning } from './planning.ts';
import { platform } from './platform.ts';

/** Every scenario. @param seed of those that are generated */
export function allScenarios(seed: number): readonly Scenario[] {
  return [...passing, ...answers, ...planning, ...bounds, ...platform, ...generated(seed)];
}
