import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { makeProjectFolder, repository, RunningPlatform, untilAtRest } from '../../test/e2e/running-platform.ts';
import { openBrowser } from '../../test/browser/chromium.ts';
import { leaveRuns } from './many-runs.ts';
import type { Load, Use } from './watched-page.ts';
import { loadPage, openStep, stepOf } from './watched-page.ts';

export interface Sizes {
  readonly runs: number;
  /** Of the long run, and of the short one that it is compared with. */
  readonly longSteps: number;
  readonly shortSteps: number;
  readonly rounds: number;
}

export type PageName = 'list of runs' | 'short run' | 'long run';

/** What one visit of a page came to. Those of the same round were made right after each other, in an order drawn anew. */
export interface Visit {
  readonly page: PageName;
  readonly round: number;
  readonly load: Load;
  /** Of the page of a run. */
  readonly use?: Use;
}

const buildRunWithinMs = 300_000;

/** Visits the console of a platform that has so many runs. */
export async function visitConsole(sizes: Sizes, tell: (line: string) => void): Promise<readonly Visit[]> {
  const folder = await makeProjectFolder(join(repository, 'examples', 'load-project'));
  let browser: Browser | undefined;
  try {
    tell(`leaving ${sizes.runs} runs`);
    await leaveRuns(folder.dataDirectory, sizes.runs);
    const platform = await RunningPlatform.start(folder);
    const runOf = async (steps: number): Promise<string> => {
      tell(`carrying out a run of ${steps} steps`);
      const runId = await platform.startRun({ agent: 'pacer', playbook: 'pace', input: { steps } });
      const { status } = await untilAtRest(platform, runId, buildRunWithinMs);
      if (status !== 'completed') throw new Error(`The run of ${steps} steps is ${status}.`);
      return `${platform.url}/runs/${runId}`;
    };
    const urls: Readonly<Record<PageName, string>> = {
      'list of runs': `${platform.url}/runs`,
      'long run': await runOf(sizes.longSteps),
      'short run': await runOf(sizes.shortSteps),
    };
    browser = await openBrowser();
    const visits: Visit[] = [];
    // The first visit of all also warms the platform and is not counted.
    for (let round = 0; round <= sizes.rounds; round += 1) {
      tell(round === 0 ? 'warming up' : `round ${round} of ${sizes.rounds}`);
      for (const page of shuffled(Object.keys(urls) as PageName[])) {
        const visit = await visitPage(browser, page, urls[page]);
        if (round > 0) visits.push({ ...visit, page, round });
      }
    }
    return visits;
  } finally {
    await browser?.close();
    await RunningPlatform.killAll();
    folder.remove();
  }
}

async function visitPage(browser: Browser, page: PageName, url: string): Promise<Pick<Visit, 'load' | 'use'>> {
  if (page === 'list of runs') return { load: await loadPage(browser, url, 'a[href*="/runs/run-"]') };
  const use = await openStep(browser, url, 's2');
  return { use, load: await loadPage(browser, url, stepOf('s1')) };
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
