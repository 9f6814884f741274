import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { createS3Client } from '../../core/adapters/s3/blob-store.ts';
import { SiteBucket } from '../../core/adapters/s3/site-bucket.ts';
import { publishRequest } from '../../core/contract/console-files.ts';
import { env } from '../../core/contract/env.ts';
import { telemetry } from '../telemetry.ts';
import { answerDeployment } from './answer-deployment.ts';
import type { Outcome } from './answer-deployment.ts';
import { publishFiles } from './publish-files.ts';

const { logger, traced } = telemetry('publish-console');

/** A deployment asks for the console to be written into its bucket. When the stack goes, the bucket stays as it is. */
export const handler = traced(async (event: CloudFormationCustomResourceEvent): Promise<void> => {
  await answerDeployment(
    event,
    'console',
    event.RequestType === 'Delete' ? { status: 'SUCCESS' } : await publish(event),
  );
});

async function publish({ ResourceProperties: properties }: CloudFormationCustomResourceEvent): Promise<Outcome> {
  try {
    const directory = process.env[env.consoleFiles];
    if (!directory) throw new Error(`${env.consoleFiles} is not set; it is the folder with the files.`);
    const { bucket, config } = publishRequest.parse(properties);
    const files = await publishFiles(directory, config, new SiteBucket(createS3Client(), bucket));
    logger.info('console published', { files });
    return { status: 'SUCCESS' };
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    logger.error('console not published', failure);
    return { status: 'FAILED', reason: failure.message };
  }
}
