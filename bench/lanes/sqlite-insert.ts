import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Lane, LaneOptions } from '../lane.ts';
import { timed } from '../lane.ts';

/** A plain loop with one synced SQLite insert per step: what a step costs when nothing but a log of it is kept. */
export function open({ folder }: LaneOptions): Promise<Lane> {
  const db = new DatabaseSync(join(folder, 'steps.sqlite'));
  db.exec('PRAGMA journal_mode = WAL');
  db.exec('PRAGMA synchronous = FULL');
  db.exec('CREATE TABLE steps (run TEXT, step INTEGER, result TEXT, PRIMARY KEY (run, step))');
  const insert = db.prepare('INSERT INTO steps (run, step, result) VALUES (?, ?, ?)');
  const result = 'x'.repeat(200);
  let runs = 0;

  return Promise.resolve({
    runSteps: (_, steps) => {
      runs += 1;
      return timed(() => {
        for (let step = 0; step < steps; step += 1) insert.run(`run-${runs}`, step, result);
      });
    },
    setup: () => {
      const pragma = (name: string): string => String(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
      return `node:sqlite, journal_mode=${pragma('journal_mode')}, synchronous=${pragma('synchronous')} (2 is FULL), one commit per step`;
    },
    close: () => Promise.resolve(db.close()),
  });
}
