export interface Ids {
  /** 26 lower-case Crockford base-32 characters, ordered by time: a ULID. */
  ulid(): string;
  /** A short random token, unique enough to tell one write from another. */
  token(): string;
  /** Uniform in [0, 1), for jitter. */
  fraction(): number;
}
