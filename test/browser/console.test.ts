import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildConsole } from '../../bin/build-console.ts';
import { bookFlight, plans, searchFlight } from '../e2e/planner.ts';
import { makeProjectFolder, RunningPlatform } from '../e2e/running-platform.ts';
import type { ProjectFolder } from '../e2e/running-platform.ts';
import { bookedFor, canceledFor, setFault, tripOf, tripRun } from '../e2e/travel.ts';
import type { FakeModels } from '../fixtures/fake-models.ts';
import { startFakeModels } from '../fixtures/fake-models.ts';
import { accessibilityFaults, openBrowser, visit } from './chromium.ts';
import { Operator } from './operator.ts';

let folder: ProjectFolder;
let models: FakeModels;
let platform: RunningPlatform;
let browser: Browser;
beforeAll(async () => {
  await buildConsole();
  [folder, models] = await Promise.all([makeProjectFolder(), startFakeModels()]);
  [platform, browser] = await Promise.all([startPlatform(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await RunningPlatform.killAll();
  await models?.stop();
  folder?.remove();
});

beforeEach(async () => {
  for (const service of ['flights', 'hotels', 'cars'] as const) await setFault(folder, service, 'none');
});

/** The page as it was left is what explains a failure best. */
afterEach(async ({ task }) => {
  for (const context of browser.contexts()) {
    for (const [at, page] of context.pages().entries()) {
      if (task.result?.state === 'fail') {
        const path = join(tmpdir(), `holdfast-console-${task.id}-${at}.png`);
        await page.screenshot({ path });
        process.stderr.write(`${task.name}: ${path}\n`);
      }
    }
    await context.close();
  }
});

/** A breaker that a failing service has opened is waited for. */
async function untilCompleted(page: Page): Promise<void> {
  await page.getByText('Completed', { exact: true }).first().waitFor({ timeout: 120_000 });
}

function startPlatform(): Promise<RunningPlatform> {
  return RunningPlatform.start(folder, {
    environment: {
      ...{ OPENAI_BASE_URL: models.baseUrl, OPENAI_API_KEY: 'test-key', HOLDFAST_MODELS: 'openai:fake-large' },
    },
  });
}

const pages = ['Runs', 'Start a run', 'Inbox', 'Skills and grants', 'Breakers', 'Spend'] as const;

it('an empty console opens at the address of the platform, says that there is nothing yet and asks nobody else', async () => {
  const { page, complaints } = await visit(browser, platform.url);
  await page.getByText('There are no runs yet').waitFor();
  expect(await page.title()).toBe('Runs · Holdfast');
  expect(complaints).toEqual([]);
});

it('an operator starts a trip, watches it fail at the hotel, settles the case and sees the run complete', async () => {
  const { page, complaints } = await visit(browser, platform.url);
  const operator = new Operator(page);
  await setFault(folder, 'hotels', 'fail');
  await operator.startRun('trip-planner', tripOf('Ada'));
  await operator.reads('This run waits for a person');
  expect(await accessibilityFaults(page)).toEqual([]);

  await setFault(folder, 'hotels', 'none');
  await page.getByRole('link', { name: 'Open the case' }).click();
  await operator.sees('In doubt: book-hotel');
  expect(await accessibilityFaults(page)).toEqual([]);
  await operator.press(/^Claim$/);
  await operator.reads(/You work on it until/);
  await page.getByRole('radio', { name: /^Say what became of it/ }).check();
  await page.getByRole('radio', { name: /^No, it did not happen/ }).check();
  // What is missing is said before anything is sent.
  await operator.press('Put it on record');
  await page.getByLabel('Reason').fill('The hotel has no such booking.');
  await operator.press('Put it on record');
  await operator.reads(/The run goes on/);

  // The step has failed now, and a person may have it tried again.
  await page.getByRole('link', { name: 'To the run' }).click();
  await operator.reads(/step 'book-hotel' failed/);
  await page.getByRole('link', { name: 'Open the case' }).click();
  await operator.sees('Failure: book-hotel');
  await page.getByRole('radio', { name: /^Try again/ }).check();
  await page.getByLabel('Reason').fill('The hotel answers again.');
  await operator.press(/^Try again$/);
  await page.getByRole('link', { name: 'To the run' }).last().click();
  await untilCompleted(page);
  await operator.opens('Timeline');
  await operator.reads(/book-hotel/);
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(await bookedFor(folder, 'Ada')).toEqual({ flights: 1, hotels: 1, cars: 1 });
  expect(complaints).toEqual([]);
});

it('an operator sees what a model was refused and chose, compares the revisions of its plan, and reads what it has cost', async () => {
  const { page, complaints } = await visit(browser, platform.url);
  const operator = new Operator(page);
  models.follow((_, asked) => {
    if (asked === 1) return plans([{ ...searchFlight, skill: 'Teleport:v9' }]);
    return plans([searchFlight, bookFlight], { final: true });
  });
  await operator.startRun('trip-planner', tripOf('Bob'), 'Book a flight for the trip');
  await untilCompleted(page);
  await operator.opens('Decisions');
  await operator.reads(/Teleport:v9/);
  await operator.reads('The model says so itself; nobody has checked it');
  expect(await accessibilityFaults(page)).toEqual([]);
  await operator.opens('Spend');
  await operator.reads('openai:fake-large');

  await operator.goTo('Spend');
  await operator.sees('By day');
  await operator.press(/^Agent$/);
  await operator.sees('By agent');
  await operator.row('trip-planner').waitFor();
  expect(complaints).toEqual([]);
});

it('an operator has a run taken back, and compares its plan with the plan of the compensation', async () => {
  const { page, complaints } = await visit(browser, platform.url);
  const operator = new Operator(page);
  await setFault(folder, 'cars', 'fail');
  await operator.startRun('trip-planner', tripOf('Cleo'));
  await operator.reads('This run waits for a person');
  await operator.press(/^Cancel$/);
  await page.getByText('Also undo what it has done').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel this run' }).click();
  // Nothing is undone while nobody knows whether the car was reserved.
  await operator.reads(/What this run has done is being undone/);
  await setFault(folder, 'cars', 'none');
  await page.getByRole('link', { name: 'Open the case' }).click();
  await operator.sees('In doubt: reserve-car');
  await page.getByRole('radio', { name: /^Say what became of it/ }).check();
  await page.getByRole('radio', { name: /^No, it did not happen/ }).check();
  await page.getByLabel('Reason').fill('The desk knows of no car.');
  await operator.press('Put it on record');
  await page.getByRole('link', { name: 'To the run' }).click();
  await page.getByText('Canceled', { exact: true }).first().waitFor();
  await operator.opens('Revisions');
  await operator.row('book-hotel').waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(await canceledFor(folder, 'Cleo')).toMatchObject({ flights: 1, hotels: 1 });
  expect(complaints).toEqual([]);
});

it('an operator isolates a dependency; a run waits for it, and goes on by itself once it is closed again', async () => {
  const { page, complaints } = await visit(browser, platform.url);
  const operator = new Operator(page);
  await operator.goTo('Breakers');
  await operator.press('Isolate travel-flights');
  await page.getByLabel('Reason').fill('It sells seats that are not there.');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Isolate$/ })
    .click();
  await operator.reads('Isolated by a person');
  expect(await accessibilityFaults(page)).toEqual([]);

  const runId = await platform.startRun(tripRun('Dora'));
  await platform.runUntil(runId, ({ status }) => status === 'waiting');
  await page.goto(`${platform.url}/runs/${runId}`);
  await operator.reads(/This run waits until/);

  await operator.goTo('Breakers');
  await operator.press('Close travel-flights');
  await page.getByLabel('Reason').fill('They have mended it.');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Close$/ })
    .click();
  await operator.reads('The breaker of travel-flights is closed.');
  await operator.goTo('Runs');
  await page.getByRole('row', { name: runId }).getByText('Completed').waitFor({ timeout: 120_000 });
  expect(complaints).toEqual([]);
});

describe('the console', () => {
  it.each(['light', 'dark'] as const)('can be read by everybody on every page in %s', async (colorScheme) => {
    const { page, complaints } = await visit(browser, platform.url, { colorScheme });
    const operator = new Operator(page);
    for (const name of pages) {
      await operator.goTo(name);
      await page.waitForLoadState('networkidle');
      expect(await accessibilityFaults(page), name).toEqual([]);
    }
    expect(complaints).toEqual([]);
  });

  it('can be used by keyboard alone', async () => {
    const { page } = await visit(browser, platform.url);
    const operator = new Operator(page);
    await operator.sees('Runs');
    const focused = (): Promise<string> => page.evaluate('document.activeElement?.textContent ?? ""');
    for (let presses = 0; (await focused()) !== 'Inbox'; presses += 1) {
      expect(presses).toBeLessThan(30);
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await operator.sees('Inbox');
    // Who listens hears the name of the page.
    expect(await focused()).toContain('Inbox');
  });

  it('comes up to date by itself after the platform was killed and started again', async () => {
    await setFault(folder, 'hotels', 'hang');
    const runId = await platform.startRun(tripRun('Edo'));
    const { page } = await visit(browser, `${platform.url}/runs/${runId}`);
    const operator = new Operator(page);
    await operator.reads('book-hotel');
    await platform.kill();
    await operator.reads(/The platform does not answer|What is shown may be old/);
    platform = await startPlatform();
    await setFault(folder, 'hotels', 'none');
    await untilCompleted(page);
    expect(await bookedFor(folder, 'Edo')).toEqual({ flights: 1, hotels: 1, cars: 1 });
  });
});
