import { Worker } from 'node:worker_threads';

/** Has a thread of its own carry a task out, whose modules nobody else has loaded, and gives its first message. */
export function inThread<Answer>(script: URL, task: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script, { workerData: task });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`A thread of the campaign ended with ${code}, without an answer.`)));
  });
}

/** Runs the tasks, as many at once as there are threads. The answers are in the order of the tasks. */
export async function inThreads<Made>(
  makes: readonly (() => Promise<Made>)[],
  threads: number,
): Promise<readonly Made[]> {
  const made: Made[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < makes.length; at = next++) {
      const make = makes[at];
      if (make) made[at] = await make();
    }
  };
  await Promise.all(Array.from({ length: threads }, lane));
  return made;
}
