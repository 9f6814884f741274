import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import axe from 'axe-core';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** The Chromium of this machine: what CHROMIUM names, else the first of the usual names on the path. Throws when there is none. */
export function chromiumPath(env: NodeJS.ProcessEnv = process.env): string {
  const named = env['CHROMIUM'];
  if (named) return named;
  const folders = (env['PATH'] ?? '').split(delimiter);
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
  if (found) return found;
  throw new Error(
    `There is no Chromium on the path (${names.join(', ')}). Install one, as with 'apt-get install chromium', or say where it is in CHROMIUM.`,
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A headless Chromium. Its own sandbox is off, which a process of root cannot have; it opens pages of this machine only. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox', '--force-prefers-reduced-motion'] });
}

export interface Visit {
  readonly page: Page;
  /** What a person would find in the browser's console, and every request that left for another origin. */
  readonly complaints: readonly string[];
}

interface VisitSettings {
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
}

/** A page of the console in a window of its own. */
export async function visit(browser: Browser, url: string, settings: VisitSettings = {}): Promise<Visit> {
  const { colorScheme = 'light', width = 1_440, height = 1_000 } = settings;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'data:' && protocol !== 'blob:' && origin !== new URL(url).origin)
      complaints.push(`asked ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints };
}

/** What axe finds wrong with the page as it is, of impact serious or critical, each with what it is about. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // A loading indicator or a fading notice is judged by what it becomes.
  await pause(300);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run({ resultTypes: ['violations'] }),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help}: ${target.join(' ')}`));
}

if (import.meta.main) process.stdout.write(`${chromiumPath()}\n`);
