/**
 * The name by which the API calls whoever has a token: claims and resolutions carry it. Undefined for a token that does not say.
 * Nothing is decided by it; the API goes by the token that it has verified.
 */
export function subjectOf(token: string): string | undefined {
  const [, payload = ''] = token.split('.');
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
      character.charCodeAt(0),
    );
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof claims !== 'object' || claims === null || !('sub' in claims)) return undefined;
    return typeof claims.sub === 'string' ? claims.sub.slice(0, 128) : undefined;
  } catch {
    // A token need not be readable by those who carry it.
    return undefined;
  }
}
