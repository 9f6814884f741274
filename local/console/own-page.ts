import { consoleHeader } from '../../core/contract/console-config.ts';

/**
 * Why a question for the configuration, which holds a token, is not one of the console's own page; undefined when it is.
 *
 * A name of somebody else's that was made to lead to this machine (DNS rebinding) stands in `Host`. A page of another origin
 * is told by what its browser says of it, and by a header that it could not send without being asked for leave.
 */
export function refusalOf({ headers }: Pick<Request, 'headers'>): string | undefined {
  const host = headers.get('host') ?? '';
  if (!isLoopbackHost(host)) {
    return `The console is for this machine only, and '${host}' is no name of it. Open it at http://127.0.0.1 or http://localhost.`;
  }
  const site = headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin')
    return `Only the console's own page may ask for this, not one that is ${site}.`;
  const origin = headers.get('origin');
  if (origin !== null && origin !== `http://${host}`)
    return `Only the console's own page may ask for this, not ${origin}.`;
  if (headers.get(consoleHeader.name) !== consoleHeader.value) {
    return `Only the console's own page may ask for this; it sends the header ${consoleHeader.name}.`;
  }
  return undefined;
}

/** With any port: the platform may be reached through a tunnel. */
function isLoopbackHost(host: string): boolean {
  return /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i.test(host);
}
