import type { SQSRecord } from 'aws-lambda';
import { awsPorts } from '../../core/adapters/aws.ts';
import { endedExecution, spanTargetFrom } from '../../core/contract/span-export.ts';
import { RunReader } from '../../core/operations/run-reader.ts';
import { exportSpans } from '../../core/operations/trace/export-spans.ts';
import type { ExportDependencies } from '../../core/operations/trace/export-spans.ts';
import { consumeRecords } from '../consume-records.ts';
import { registry } from '../registry.ts';
import { tableClient } from '../table-client.ts';
import { telemetry } from '../telemetry.ts';

const { logger, traced } = telemetry('export-spans');

let dependencies: ExportDependencies | undefined;

/** Consumes the queue of ended executions: what the collector does not take now is tried again and then dead-lettered. */
export const handler = traced(consumeRecords(logger, push));

async function push(record: SQSRecord): Promise<void> {
  const target = dependencies?.target ?? spanTargetFrom(process.env);
  if (!target) return;
  const ports = dependencies?.ports ?? awsPorts(process.env, tableClient());
  dependencies ??= { ports, target, registry: registry(), reader: new RunReader(ports) };
  const { tenantId, runId } = endedExecution.parse(JSON.parse(record.body));
  const exported = await exportSpans({ tenantId, runId }, dependencies);
  if (exported.kind === 'refused') logger.error('spans refused', exported);
  else logger.info('spans', exported);
}
