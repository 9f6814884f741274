import { expect, it } from 'vitest';
import type { RunPreview } from '../../core/contract/api.ts';
import { holdfast } from './command.ts';
import { platformsOfTests } from './platform.ts';

const platformWith = platformsOfTests();

const preview: RunPreview = {
  ...{ agent: 'trip-planner', goal: 'Book a trip', source: 'playbook', untrusted: [], deadlineSeconds: 60 },
  input: { to: 'Oslo' },
  plan: {
    final: false,
    steps: [
      {
        ...{ id: 'flight', skill: 'FlightBooking:v1', action: 'book', input: {}, why: 'To get there.' },
        ...{ optional: false, after: ['visa'], timeoutSeconds: 20, effectClass: 'K' },
      },
    ],
  },
};

it('shows what a run would begin with, and starts nothing', async () => {
  const { platform, env } = await platformWith({ previewRun: () => preview });
  const shown = await holdfast(['run', 'trip-planner', '--playbook', 'book-trip', '--preview'], { env });
  expect(shown.exitCode).toBe(0);
  expect(shown.stdout).toMatch(/flight +FlightBooking:v1\/book +K +visa +To get there\./);
  expect(shown.stderr).toContain('Nothing was started.');
  expect(shown.stderr).toContain('More is planned as the run goes on.');
  const printed = await holdfast(['run', 'trip-planner', '--preview', '--json'], { env });
  expect(JSON.parse(printed.stdout)).toEqual(preview);
  expect(platform.received.map(({ operation }) => operation)).toEqual(['previewRun', 'previewRun']);
});
