import { join } from 'node:path';
import { serve } from '@hono/node-server';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildConsole } from '../../bin/build-console.ts';
import { consoleContentPolicy } from '../../core/contract/console-config.ts';
import type { ConsoleConfig } from '../../core/contract/console-config.ts';
import { consoleFiles, withConsole } from '../../local/console/index.ts';
import { freePort, makeProjectFolder, repository, RunningPlatform } from '../e2e/running-platform.ts';
import type { ProjectFolder } from '../e2e/running-platform.ts';
import { openBrowser, visit } from './chromium.ts';
import { startIssuer } from './issuer.ts';
import type { Issuer } from './issuer.ts';
import { Operator } from './operator.ts';

let folder: ProjectFolder;
let issuer: Issuer;
let browser: Browser;
let stopConsole: () => void;
let url: string;
beforeAll(async () => {
  await buildConsole();
  folder = await makeProjectFolder();
  const platform = await RunningPlatform.start(folder);
  issuer = await startIssuer(() => platform.token());
  [browser, url] = await Promise.all([openBrowser(), serveConsole(platform.url)]);
});
afterAll(async () => {
  await browser?.close();
  stopConsole?.();
  issuer?.stop();
  await RunningPlatform.killAll();
  folder?.remove();
});

/** The console as the cloud has it: its files, a configuration that names the issuer, and the API under the same origin. */
async function serveConsole(api: string): Promise<string> {
  const { origin: authority, clientId } = issuer;
  const config: ConsoleConfig = { signIn: 'oidc', apiBase: '', authority, clientId, scopes: ['runs:read'] };
  const app = withConsole(
    (request) => {
      const { pathname, search } = new URL(request.url);
      return fetch(`${api}${pathname}${search}`, { headers: request.headers });
    },
    { files: consoleFiles(join(repository, 'dist', 'console')), config: () => Promise.resolve(config) },
  );
  const port = await freePort();
  const server = serve({
    port,
    hostname: '127.0.0.1',
    fetch: async (request) => {
      const response = await app(request);
      const headers = new Headers(response.headers);
      headers.set('content-security-policy', consoleContentPolicy([authority]));
      return new Response(response.body, { status: response.status, headers });
    },
  });
  stopConsole = () => server.close();
  return `http://127.0.0.1:${port}`;
}

it('a person signs in at the issuer, comes back to the page that was asked for, stays signed in, and signs out', async () => {
  const { page } = await visit(browser, `${url}/breakers`);
  await page.getByRole('link', { name: 'Sign in as Ada' }).click();
  const operator = new Operator(page);
  await operator.sees('Breakers');
  expect(new URL(page.url()).pathname).toBe('/breakers');
  await page
    .getByRole('button', { name: /ada@example\.com/ })
    .first()
    .waitFor();
  // Each call finds a token that is about to expire, and has it renewed without the person.
  await operator.goTo('Runs');
  await operator.reads('There are no runs yet');
  expect(issuer.granted.authorization_code).toBe(1);
  expect(issuer.granted.refresh_token).toBeGreaterThan(0);

  // Nothing outlives the tab, but a reload does not ask again.
  await page.reload();
  await operator.sees('Runs');
  expect(issuer.granted.authorization_code).toBe(1);

  await operator.press(/ada@example\.com/);
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await operator.reads('Signed out');
  await page.goto(`${url}/runs`);
  await page.getByRole('link', { name: 'Sign in as Ada' }).waitFor();
});
