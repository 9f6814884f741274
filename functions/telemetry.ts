import { Logger } from '@aws-lambda-powertools/logger';
import type { LogAttributes } from '@aws-lambda-powertools/logger/types';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Tracer } from '@aws-lambda-powertools/tracer';
import type { Context } from 'aws-lambda';
import { agentDimension, metric, metricNamespace, unitOf } from '../core/contract/metrics.ts';
import { aboutMembers, aboutOf, currentScope, takeCounts, within } from './run-scope.ts';
import type { About, Count } from './run-scope.ts';

type Handler<Event, Result> = (event: Event, context: Context) => Promise<Result>;

type WriteLine = (message: string, said?: Error | LogAttributes) => void;
/** Writes lines of JSON. */
export type RunLogger = Readonly<Record<'debug' | 'info' | 'warn' | 'error', WriteLine>>;

export interface Telemetry {
  /** Each line says which run it is about, where it is about one. */
  readonly logger: RunLogger;
  /**
   * Wraps a handler: what its event is about stands on its log lines, and as annotations of an X-Ray subsegment where X-Ray is
   * active. What it counts is written as log lines in CloudWatch's embedded metric format, also when it throws.
   */
  readonly traced: <Event, Result>(handler: Handler<Event, Result>) => Handler<Event, Result>;
}

/** Structured logs, metrics and traces of one function, named `service` in all of them. */
export function telemetry(service: string): Telemetry {
  const logger = new Logger({ serviceName: service });
  const metrics = new Metrics({ namespace: metricNamespace, serviceName: service });
  let loaded: Promise<Tracer> | undefined;
  const annotated = async <Result>(about: About, work: () => Promise<Result>): Promise<Result> => {
    if (!isXrayActive(process.env)) return work();
    loaded ??= loadTracer(service);
    return inSubsegment(await loaded, service, about, work);
  };
  return {
    logger: aboutRuns(logger),
    traced: (handler) => (event, context) => {
      const about = aboutOf(event);
      return within(about, async () => {
        // On a laptop calls overlap within one process, and a logger has one context only.
        if (process.env['AWS_LAMBDA_FUNCTION_NAME'] !== undefined) logger.addContext(context);
        try {
          return await annotated(about, () => handler(event, context));
        } finally {
          writeCounts(takeCounts(), metrics);
        }
      });
    },
  };
}

/** Every line says what the work under way is about. */
function aboutRuns(logger: Logger): RunLogger {
  const writing = (level: keyof RunLogger): WriteLine => {
    return (message, said) =>
      logger[level](message, { ...currentScope(), ...(said instanceof Error ? { error: said } : said) });
  };
  return { debug: writing('debug'), info: writing('info'), warn: writing('warn'), error: writing('error') };
}

/** One line for all counts that are about the same. The run stands on it beside the metrics, to be searched for, and is no dimension. */
function writeCounts(counts: readonly Count[], metrics: Metrics): void {
  const alike = Map.groupBy(counts, ({ about }) => aboutMembers.map((name) => about[name] ?? '').join('#'));
  for (const [first, ...rest] of alike.values()) {
    if (!first) continue;
    const { agent, ...about } = first.about;
    if (agent !== undefined) metrics.addDimension(agentDimension, agent);
    for (const [name, value] of Object.entries(about)) metrics.addMetadata(name, value);
    const byName = Map.groupBy([first, ...rest], ({ metric: name }) => name);
    for (const [name, same] of byName) {
      metrics.addMetric(
        metric[name],
        unitOf(name),
        same.reduce((sum, { value }) => sum + value, 0),
      );
    }
    metrics.publishStoredMetrics();
  }
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
  about: About,
  work: () => Promise<Result>,
): Promise<Result> {
  const segment = tracer.getSegment();
  if (!segment) return work();
  const subsegment = segment.addNewSubsegment(`## ${service}`);
  tracer.setSegment(subsegment);
  tracer.annotateColdStart();
  tracer.addServiceNameAnnotation();
  for (const [name, value] of Object.entries(about)) tracer.putAnnotation(name, value);
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
