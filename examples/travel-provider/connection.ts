import { fetchWithin } from '../companion/connection.ts';
import type { TravelProvider } from './app.ts';

/** Like `fetch` to the provider, without a socket. */
export function fetchTravel(provider: TravelProvider, url: string, init: RequestInit = {}): Promise<Response> {
  return fetchWithin(provider.app, url, init);
}
