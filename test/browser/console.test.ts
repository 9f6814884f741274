import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildConsole } from '../../bin/build-console.ts';
import { makeProjectFolder, RunningPlatform } from '../e2e/running-platform.ts';
import type { ProjectFolder } from '../e2e/running-platform.ts';
import { accessibilityFaults, openBrowser, visit } from './chromium.ts';

let folder: ProjectFolder;
let platform: RunningPlatform;
let browser: Browser;
beforeAll(async () => {
  await buildConsole();
  folder = await makeProjectFolder();
  [platform, browser] = await Promise.all([RunningPlatform.start(folder), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await RunningPlatform.killAll();
  folder?.remove();
});

it('an empty console opens at the address of the platform, says that there is nothing yet and asks nobody else', async () => {
  const { page, complaints } = await visit(browser, platform.url);
  await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor();
  expect(await page.title()).toBe('Runs · Holdfast');
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(complaints).toEqual([]);
});
