/** The way out to the services that skills call. Has the shape of `fetch`. */
export interface Http {
  fetch(url: string, init: RequestInit): Promise<Response>;
}
