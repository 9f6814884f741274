import { env } from '../core/contract/env.ts';
import type { EmulatorAddresses } from './emulators/start-emulators.ts';
import { secretsFile } from './secrets.ts';
import { localAudience, localIssuer } from './tokens.ts';

/** Names of the local deployment, as the stacks choose them in the cloud. */
export const local = {
  table: 'holdfast',
  bucket: 'holdfast-blobs',
  queues: ['escalations', 'dead-letters', 'notifications', 'ended-runs'],
  runMachineArnPrefix: 'arn:aws:states:us-east-1:000000000000:stateMachine:holdfast-run-',
  burstMachineArnPrefix: 'arn:aws:states:us-east-1:000000000000:stateMachine:holdfast-burst-',
  decideFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:holdfast-decide',
  skillFunctionArnPrefix: 'arn:aws:lambda:us-east-1:000000000000:function:holdfast-skill-',
  /** There is one version of each function here: the code on disk. */
  skillFunctionVersion: '1',
  /** Nobody gets a mail of a laptop, so anybody may be its sender. */
  mailFrom: 'agents@holdfast.example',
} as const;

/** What the emulators need stands in the place of what the person has set; models of Bedrock are asked as the person. */
const personalNames = [
  'AWS_REGION',
  'AWS_PROFILE',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_BEARER_TOKEN_BEDROCK',
];
const personalAws = Object.fromEntries(personalNames.map((name) => [name, process.env[name]]));

/** The environment of the functions: what the stacks set in the cloud, and where the emulators are for the SDK. */
export function functionEnvironment(options: {
  readonly addresses: EmulatorAddresses;
  readonly stepFunctionsEndpoint: string;
  readonly skillIds: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
  readonly tokenKeys: string;
  readonly dataDirectory: string;
  readonly smtpUrl: string;
  readonly epoch: string;
}): Record<string, string> {
  const { addresses, stepFunctionsEndpoint, skillIds, settings, tokenKeys, dataDirectory, smtpUrl, epoch } = options;
  return {
    ...settings,
    [env.personalAws]: JSON.stringify(personalAws),
    AWS_REGION: 'us-east-1',
    // The emulators check nothing; the SDK insists on some.
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: addresses.dynamodb,
    AWS_ENDPOINT_URL_SQS: addresses.sqs,
    AWS_ENDPOINT_URL_S3: addresses.s3,
    AWS_ENDPOINT_URL_SFN: stepFunctionsEndpoint,
    POWERTOOLS_LOG_LEVEL: process.env['POWERTOOLS_LOG_LEVEL'] ?? 'WARN',
    POWERTOOLS_METRICS_DISABLED: process.env['POWERTOOLS_METRICS_DISABLED'] ?? 'true',
    [env.table]: local.table,
    [env.bucket]: local.bucket,
    [env.escalationsQueueUrl]: addresses.queueUrls['escalations'] ?? '',
    [env.deadLettersQueueUrl]: addresses.queueUrls['dead-letters'] ?? '',
    [env.notificationsQueueUrl]: addresses.queueUrls['notifications'] ?? '',
    [env.redriveQueues]: JSON.stringify(
      Object.entries(addresses.queueUrls).map(([name, queueUrl]) => {
        return { name, queueUrl, undeliveredUrl: `${queueUrl}-dlq` };
      }),
    ),
    // There is no SNS here.
    [env.notificationChannels]: process.env[env.webhookUrl] ? 'webhook' : '',
    [env.runMachineArnPrefix]: local.runMachineArnPrefix,
    [env.skillFunctionArnPrefix]: local.skillFunctionArnPrefix,
    [env.skillFunctionVersions]: JSON.stringify(
      Object.fromEntries(skillIds.map((id) => [id, local.skillFunctionVersion])),
    ),
    [env.tokenIssuer]: localIssuer,
    [env.tokenAudience]: localAudience,
    [env.tokenKeys]: tokenKeys,
    [env.secretsFile]: secretsFile(dataDirectory),
    [env.smtpUrl]: smtpUrl,
    [env.mailFrom]: local.mailFrom,
    [env.epoch]: epoch,
  };
}
