import { parentPort, workerData } from 'node:worker_threads';
import type { Context } from 'aws-lambda';
import { handler } from '../../functions/skill-host/handler.ts';
import { provideProject } from '../../functions/registry.ts';
import { provideTableClient } from '../../functions/table-client.ts';
import { createEmulatedTableClient } from '../emulators/table-client.ts';
import { loadProject } from '../project/load-project.ts';
import type { FromSkillWorker, SkillWorkerOptions, ToSkillWorker } from './skill-hosts.ts';

const { projectDirectory } = workerData as SkillWorkerOptions;
const port = parentPort;
if (!port) throw new Error('A skill worker is started by the local platform, not on its own.');

const { registry, policies } = await loadProject(projectDirectory);
provideProject({ registry, policies, isPart: false });
provideTableClient(createEmulatedTableClient());

const answer = (message: FromSkillWorker): void => port.postMessage(message);

port.on('message', ({ payload, deadlineMs }: ToSkillWorker) => {
  const context = { getRemainingTimeInMillis: () => deadlineMs - Date.now() } as Context;
  Promise.resolve(handler(payload, context)).then(
    (value) => answer({ kind: 'answer', value }),
    (error: unknown) => {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      answer({ kind: 'error', name, message });
    },
  );
});
answer({ kind: 'ready' });
