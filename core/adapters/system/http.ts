import type { Http } from '../../ports/index.ts';

/** The network, through the `fetch` of Node. */
export const systemHttp: Http = { fetch: (url, init) => fetch(url, init) };
