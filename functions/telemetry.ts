import { Logger } from '@aws-lambda-powertools/logger';
import type { Tracer } from '@aws-lambda-powertools/tracer';
import type { Context } from 'aws-lambda';

type Handler<Event, Result> = (event: Event, context: Context) => Promise<Result>;

export interface Telemetry {
  readonly logger: Logger;
  /** Wraps a handler in an X-Ray subsegment annotated with the run, where X-Ray is active; elsewhere it adds nothing. */
  readonly traced: <Event, Result>(handler: Handler<Event, Result>) => Handler<Event, Result>;
}

/** Structured logs and traces of one function, named `service` in both. */
export function telemetry(service: string): Telemetry {
  const logger = new Logger({ serviceName: service });
  let loaded: Promise<Tracer> | undefined;
  return {
    logger,
    traced: (handler) => async (event, context) => {
      // On a laptop calls overlap within one process, and a logger has one context only.
      if (process.env['AWS_LAMBDA_FUNCTION_NAME'] !== undefined) logger.addContext(context);
      if (!isXrayActive(process.env)) return handler(event, context);
      loaded ??= loadTracer(service);
      return inSubsegment(await loaded, service, runIdOf(event), () => handler(event, context));
    },
  };
}

/** True on Lambda, where a daemon collects segments. */
export function isXrayActive(environment: Readonly<Record<string, string | undefined>>): boolean {
  return Boolean(environment['AWS_XRAY_DAEMON_ADDRESS'] || environment['_X_AMZN_TRACE_ID']);
}

/** The X-Ray SDK behind the tracer costs 30 to 50 ms of start-up, so it is loaded only where it has something to do. */
async function loadTracer(service: string): Promise<Tracer> {
  const { Tracer: LoadedTracer } = await import('@aws-lambda-powertools/tracer');
  return new LoadedTracer({ serviceName: service });
}

async function inSubsegment<Result>(
  tracer: Tracer,
  service: string,
  runId: string | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  const segment = tracer.getSegment();
  if (!segment) return work();
  const subsegment = segment.addNewSubsegment(`## ${service}`);
  tracer.setSegment(subsegment);
  tracer.annotateColdStart();
  tracer.addServiceNameAnnotation();
  if (runId !== undefined) tracer.putAnnotation('runId', runId);
  try {
    return await work();
  } catch (error) {
    tracer.addErrorAsMetadata(error instanceof Error ? error : new Error(String(error)));
    throw error;
  } finally {
    subsegment.close();
    tracer.setSegment(segment);
  }
}

function runIdOf(event: unknown): string | undefined {
  if (typeof event !== 'object' || event === null || !('runId' in event)) return undefined;
  return typeof event.runId === 'string' ? event.runId : undefined;
}
