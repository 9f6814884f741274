import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { buildConsole } from '../../bin/build-console.ts';
import { repository } from '../e2e/running-platform.ts';
import { openBrowser, visit } from './chromium.ts';
import { withPalette } from './palette-png.ts';
import type { Picture } from './pictures.ts';
import { pictures } from './pictures.ts';
import type { Scene } from './scene.ts';
import { playScene } from './scene.ts';

const directory = join(repository, 'docs', 'images');
/** Pictures stand in the repository for ever. */
const mostBytes = 150_000;
/** What a part that is loaded late needs to be there; nothing of the page moves by then. */
const settleMs = 1_500;
const patienceMs = 60_000;

/** Plays a scene on a platform of its own and takes the pictures of the documentation; with `--only NAME`, some of them. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
  const wanted = pictures.filter(({ name }) => values.only?.includes(name) ?? true);
  if (wanted.length === 0) throw new Error(`There are the pictures ${pictures.map(({ name }) => name).join(', ')}.`);
  await buildConsole();
  const scene = await playScene();
  let browser: Browser | undefined;
  try {
    browser = await openBrowser();
    mkdirSync(directory, { recursive: true });
    for (const picture of wanted) {
      const png = await take(browser, scene, picture);
      if (png.length > mostBytes)
        throw new Error(`${picture.name} has ${png.length} bytes; ${mostBytes} are allowed. Show less in it.`);
      writeFileSync(join(directory, `${picture.name}.png`), png);
      console.log(`${(png.length / 1_000).toFixed(1).padStart(6)} KB  docs/images/${picture.name}.png`);
    }
  } finally {
    await browser?.close();
    await scene.end();
  }
}

async function take(browser: Browser, scene: Scene, { path, arrange, colorScheme }: Picture): Promise<Buffer> {
  const url = `${scene.platform.url}${path(scene)}`;
  const { page } = await visit(browser, url, { height: 900, ...(colorScheme === undefined ? {} : { colorScheme }) });
  page.setDefaultTimeout(patienceMs);
  try {
    await arrange(page);
    return withPalette(await shot(page));
  } finally {
    await page.context().close();
  }
}

async function shot(page: Page): Promise<Buffer> {
  // No element shows that it is under the pointer or has the focus.
  await page.mouse.move(0, 0);
  await page.waitForTimeout(settleMs);
  return page.screenshot({ animations: 'disabled', caret: 'hide' });
}

await main();
