/** `public`: refuse private, loopback, link-local and otherwise special addresses, whatever name leads there. */
export type Addresses = 'any' | 'public';

/** The way out to the services that skills call. */
export interface Http {
  /**
   * One request, one answer; redirects are not followed. Has the shape of `fetch` otherwise. With `public`, every
   * address of the name is checked and the connection goes to a checked one; throws `AddressRefused` when one is not public.
   */
  fetch(url: string, init: RequestInit, addresses?: Addresses): Promise<Response>;
}
