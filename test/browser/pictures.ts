import type { Page } from 'playwright-core';
import { tripOf } from '../e2e/travel.ts';
import { Operator } from './operator.ts';
import type { Scene } from './scene.ts';

/** A picture for the documentation. */
export interface Picture {
  /** Of its file, without the ending. */
  readonly name: string;
  readonly colorScheme?: 'dark';
  readonly path: (scene: Scene) => string;
  /** Brings the page to what the picture shows. */
  readonly arrange: (page: Page) => Promise<void>;
}

const graph = '.plan-graph .react-flow__node';
const tabs = '[role="tablist"]';
const shows = (selector: string) => (page: Page) => page.locator(selector).first().waitFor();
const reads = (text: string | RegExp) => (page: Page) =>
  page.getByText(text).filter({ visible: true }).first().waitFor();

/** What README.md and docs/guides/console.md show. */
export const pictures: readonly Picture[] = [
  { name: 'runs', path: () => '/runs', arrange: reads('Answer ticket 4711') },
  { name: 'runs-dark', colorScheme: 'dark', path: () => '/runs', arrange: reads('Answer ticket 4711') },
  { name: 'run', path: ({ atHotel }) => `/runs/${atHotel}`, arrange: shows(graph) },
  { name: 'run-dark', colorScheme: 'dark', path: ({ revised }) => `/runs/${revised}`, arrange: shows(graph) },
  {
    name: 'run-step',
    path: ({ atHotel }) => `/runs/${atHotel}?step=book-hotel`,
    arrange: fromTopOf('.plan-graph', graph),
  },
  {
    name: 'run-timeline',
    path: ({ revised }) => `/runs/${revised}?tab=timeline`,
    arrange: fromTopOf(tabs, ':text("plan.rejected")'),
  },
  {
    name: 'run-decisions',
    path: ({ revised }) => `/runs/${revised}?tab=decisions`,
    arrange: fromTopOf(tabs, ':text("Not chosen")'),
  },
  {
    name: 'run-revisions',
    path: ({ mended }) => `/runs/${mended}?tab=revisions`,
    arrange: async (page) => {
      await new Operator(page).choose(/^Before/, /^1/);
      await fromTopOf(tabs, 'table')(page);
    },
  },
  { name: 'inbox', path: () => '/inbox', arrange: reads('refund') },
  {
    name: 'case-approval',
    path: () => '/inbox',
    arrange: (page) => openCase(page, 'refund', 'Exactly what will be sent', 'Approve'),
  },
  {
    name: 'case-in-doubt',
    path: () => '/inbox',
    arrange: (page) => openCase(page, 'book-hotel', 'Decide', 'Say what became of it'),
  },
  { name: 'start-run', path: () => '/start', arrange: fillTripForm },
  { name: 'skills', path: () => '/skills', arrange: reads('FlightBooking:v1') },
  { name: 'grants', path: () => '/skills?tab=grants', arrange: reads('Billing:v1/refund') },
  { name: 'breakers', path: () => '/breakers', arrange: reads('travel-cars') },
  { name: 'spend', path: () => '/spend?by=model', arrange: reads('openai:small') },
];

/** Waits for something, and scrolls the page so that a part of it stands at the top. */
function fromTopOf(part: string, awaited: string): Picture['arrange'] {
  return async (page) => {
    await page.locator(awaited).first().waitFor();
    await page
      .locator(part)
      .first()
      .evaluate((element) => element.scrollIntoView({ block: 'start' }));
  };
}

async function openCase(page: Page, step: string, part: string, choice: string): Promise<void> {
  await page.getByRole('link', { name: step }).first().click();
  await page.waitForURL(/\/inbox\/.+/);
  await page.getByText(choice, { exact: true }).first().click();
  await fromTopOf(`:is(h2, h3):has-text("${part}")`, '[type="radio"]')(page);
}

async function fillTripForm(page: Page): Promise<void> {
  const operator = new Operator(page);
  await operator.choose(/^Agent/, /^trip-planner/);
  // Its only playbook is chosen with it.
  const asJson = page.getByText('Edit as JSON');
  await asJson.click();
  await page.getByLabel('Input as JSON').fill(JSON.stringify(tripOf('Ada Lovelace')));
  await asJson.click();
  await operator.press('Preview the plan');
  await page.locator(`${graph}, table`).first().waitFor();
}
