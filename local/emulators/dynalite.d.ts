declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** See the package's README. `path` is the LevelDB folder; in memory without it. */
  export default function dynalite(options: {
    path?: string;
    createTableMs?: number;
    updateTableMs?: number;
    deleteTableMs?: number;
    maxItemSizeKb?: number;
  }): Server;
}
