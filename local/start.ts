import './quiet-logs.ts';
import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { awsPorts } from '../core/adapters/aws.ts';
import { createTable } from '../core/adapters/dynamodb/index.ts';
import { skillFunctions } from '../core/authz/catalogue.ts';
import { modelsFrom } from '../core/authz/with-models.ts';
import { env } from '../core/contract/env.ts';
import { limitsFromEnv } from '../core/contract/limits.ts';
import { spanTargetFrom } from '../core/contract/span-export.ts';
import { tenantDayBudgetFromEnv } from '../core/contract/tenant-day-budget.ts';
import { modelPrices } from '../core/model/model-prices.ts';
import { createLocalApp } from '../functions/api/local-app.ts';
import { handler as decideHandler } from '../functions/decide/handler.ts';
import { handler as delegateHandler } from '../functions/delegate/handler.ts';
import { handler as exportHandler } from '../functions/export-spans/handler.ts';
import { handler as inboxHandler } from '../functions/inbox/handler.ts';
import { handler as notifyHandler } from '../functions/notify/handler.ts';
import { handler as sweepHandler } from '../functions/sweep/handler.ts';
import { handler as thinkHandler } from '../functions/think/handler.ts';
import { authorizer } from '../functions/authorizer.ts';
import { provideProject, registry } from '../functions/registry.ts';
import { provideTableClient } from '../functions/table-client.ts';
import { checkWebhook } from './check-webhook.ts';
import { startServices } from './companion-services.ts';
import { consoleFiles, localConfig, withConsole } from './console/index.ts';
import { lockDataDirectory } from './data-lock.ts';
import { startEmulators } from './emulators/start-emulators.ts';
import { createEmulatedTableClient } from './emulators/table-client.ts';
import { functionEnvironment, local } from './environment.ts';
import { startEventSource } from './event-sources.ts';
import { startMailCatcher } from './mail-catcher/index.ts';
import { lambdaContext, machinesOf, taskResources } from './machines.ts';
import { loadProject } from './project/load-project.ts';
import type { TourStop } from './project/project-file.ts';
import { resumeUnfinished } from './resume-unfinished.ts';
import { secretNames, secretsFileName } from './secrets.ts';
import { startSkillHosts } from './skill-hosts/skill-hosts.ts';
import { startStepFunctions } from './stepfunctions/index.ts';
import { startTimer } from './timer.ts';
import { ensureTokenKey } from './tokens.ts';

export interface StartOptions {
  readonly projectDirectory: string;
  readonly dataDirectory: string;
  /** Of the HTTP API; 0 chooses a free one. */
  readonly port: number;
  /** Wipes the data directory first, all but its secrets. */
  readonly fresh: boolean;
}

export interface Platform {
  readonly url: string;
  readonly dataDirectory: string;
  readonly projectDirectory: string;
  readonly services: readonly { readonly name: string; readonly url: string }[];
  /** Runs that were going on when an earlier platform ended, and go on now. */
  readonly resumedRuns: number;
  readonly warnings: readonly string[];
  /** What the project says to try first. */
  readonly tour: readonly TourStop[];
  /** Where the emulators listen; for benchmarks and curious users. */
  readonly endpoints: {
    readonly dynamodb: string;
    readonly sqs: string;
    readonly stepFunctions: string;
    readonly smtp: string;
    readonly mails: string;
  };
  stop(): Promise<void>;
}

/** Where `npm run build:console` puts it, in a clone as in the package. */
const consoleDirectory = join(import.meta.dirname, '..', 'dist', 'console');
/** Who reads each queue. */
const consumers = {
  escalations: inboxHandler,
  'dead-letters': inboxHandler,
  notifications: notifyHandler,
  'ended-runs': exportHandler,
} as const;
const skillWorkers = 16;
const warmSkillWorkers = 2;

/**
 * Starts the whole platform in this process: emulators of DynamoDB, SQS and S3, a mail server that delivers nothing, the interpreter of the state machines,
 * skill workers, the inbox's event sources, the project's companion services, the HTTP API and the web console. One platform to a
 * process: the functions read its addresses from the environment, as they do in the cloud.
 * Throws with a message for the user when the project is broken, the port is taken or the data directory is in use.
 */
export async function startPlatform(options: StartOptions): Promise<Platform> {
  const { projectDirectory, dataDirectory } = options;
  // Wrong ones are told now, and not at the first model step.
  modelsFrom(process.env[env.models]);
  modelPrices(process.env[env.modelPrices]);
  tenantDayBudgetFromEnv(process.env);
  const spanTarget = spanTargetFrom(process.env);
  const { localSweepMs } = limitsFromEnv(process.env);
  const known = await secretNames(dataDirectory);
  checkWebhook(known);
  const project = await loadProject(projectDirectory, { secretNames: known });
  const stops: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const stopOne of stops.splice(0).toReversed()) await stopOne();
  };
  try {
    if (options.fresh) {
      // Taken and given back, so that nobody's data are wiped under them.
      lockDataDirectory(dataDirectory)();
      wipe(dataDirectory);
    }
    stops.push(lockDataDirectory(dataDirectory));
    const tokenKeys = await ensureTokenKey(dataDirectory);

    const services = await startServices(project.services, projectDirectory, dataDirectory);
    stops.push(...services.map((service) => () => service.stop()));

    const { queues, bucket } = local;
    const emulators = await startEmulators({ dataDirectory, queues, bucket }, (error) => {
      process.stderr.write(`${error.message} The platform ends; start it again, and its runs go on.\n`);
      process.exit(1);
    });
    stops.push(() => emulators.stop());

    const mailCatcher = await startMailCatcher(dataDirectory);
    stops.push(() => mailCatcher.stop());

    provideProject({ registry: project.registry, policies: project.policies, isPart: false });
    const projectRegistry = registry();
    const skillIds = [...projectRegistry.skills.keys()];
    const queueUrls = emulators.addresses.queueUrls;
    const resources = taskResources(
      projectRegistry,
      { decide: (payload) => decideHandler(payload, lambdaContext), think: thinkHandler, delegate: delegateHandler },
      emulators.addresses.sqs,
    );
    const stepFunctions = await startStepFunctions({
      port: 0,
      machines: machinesOf([...project.registry.agents.keys()], queueUrls['escalations'] ?? ''),
      resources,
      onExecutionEnded: (execution) =>
        resources.reportEnded(execution, {
          deadLetters: queueUrls['dead-letters'] ?? '',
          ended: spanTarget ? queueUrls['ended-runs'] : undefined,
        }),
    });
    stops.push(() => stepFunctions.stop());

    Object.assign(
      process.env,
      functionEnvironment({
        addresses: emulators.addresses,
        stepFunctionsEndpoint: stepFunctions.endpoint,
        skillIds,
        settings: project.settings,
        tokenKeys,
        dataDirectory,
        smtpUrl: mailCatcher.smtpUrl,
        epoch: randomUUID(),
      }),
    );
    const tableClient = createEmulatedTableClient();
    stops.push(() => tableClient.destroy());
    provideTableClient(tableClient);
    await createTable(tableClient, local.table);

    const skillHosts = await startSkillHosts({ projectDirectory, size: skillWorkers, warm: warmSkillWorkers });
    stops.push(() => skillHosts.stop());
    resources.useSkillHosts(skillHosts);

    for (const name of queues) {
      const handler = consumers[name];
      const source = startEventSource(
        queueUrls[name] ?? '',
        emulators.addresses.sqs,
        (event: SQSEvent): Promise<SQSBatchResponse> => handler(event, lambdaContext),
        (error) => process.stderr.write(`queue ${name}: ${error instanceof Error ? error.message : String(error)}\n`),
      );
      stops.push(() => source.stop());
    }

    const ports = awsPorts(process.env, tableClient);
    const app = createLocalApp({
      ports,
      registry: projectRegistry,
      functions: skillFunctions(process.env),
      authorizer: authorizer(),
      environment: process.env,
    });
    const user = process.env['USER'] || process.env['USERNAME'] || 'console';
    const faces = withConsole(app.fetch, {
      files: consoleFiles(consoleDirectory),
      config: () => localConfig(dataDirectory, user),
    });
    const server = await listen(faces, options.port);
    stops.push(() => closeServer(server));

    const resumedRuns = await resumeUnfinished(ports);
    const sweep = startTimer(
      localSweepMs,
      () => sweepHandler(undefined, lambdaContext),
      (error) => process.stderr.write(`sweep: ${error.message}\n`),
    );
    stops.push(() => sweep.stop());
    return {
      url: `http://127.0.0.1:${portOf(server)}`,
      dataDirectory,
      projectDirectory,
      services: [...services.map(({ name, url }) => ({ name, url })), { name: 'mails', url: mailCatcher.url }],
      resumedRuns,
      warnings: project.warnings,
      tour: project.tour,
      endpoints: {
        dynamodb: emulators.addresses.dynamodb,
        sqs: emulators.addresses.sqs,
        stepFunctions: stepFunctions.endpoint,
        smtp: mailCatcher.smtpUrl,
        mails: mailCatcher.url,
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Secrets are somebody's work to bring back, and no part of what a project has done. */
function wipe(dataDirectory: string): void {
  for (const name of readdirSync(dataDirectory)) {
    if (name !== secretsFileName) rmSync(join(dataDirectory, name), { recursive: true, force: true });
  }
}

function listen(fetch: (request: Request) => Response | Promise<Response>, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, port, hostname: '127.0.0.1' }, () => resolve(server as Server));
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${port} is in use. Stop what listens there, or choose another port with --port.`, {
              cause: error,
            })
          : error,
      ),
    );
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The HTTP API has no port.');
  return address.port;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
