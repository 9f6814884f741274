/** Names of environment values that the infrastructure sets and the functions read. Both sides import them from here. */
export const env = {
  table: 'HOLDFAST_TABLE',
  bucket: 'HOLDFAST_BUCKET',
  escalationsQueueUrl: 'HOLDFAST_ESCALATIONS_QUEUE_URL',
  deadLettersQueueUrl: 'HOLDFAST_DEAD_LETTERS_QUEUE_URL',
  /** Where notifications wait for their delivery. Unset where nobody wants to be told. */
  notificationsQueueUrl: 'HOLDFAST_NOTIFICATIONS_QUEUE_URL',
  /** How people are told, separated by commas: `topic`, `webhook` (core/contract/notifying.ts). */
  notificationChannels: 'HOLDFAST_NOTIFICATION_CHANNELS',
  /** The SNS topic of the channel `topic`. */
  notificationsTopicArn: 'HOLDFAST_NOTIFICATIONS_TOPIC_ARN',
  /** Address of the channel `webhook`. */
  webhookUrl: 'HOLDFAST_WEBHOOK_URL',
  /** Name of the secret with which it is signed; `WEBHOOK_SECRET` when unset. */
  webhookSecret: 'HOLDFAST_WEBHOOK_SECRET_NAME',
  /** JSON array of the queues that are redriven, `[{name, queueUrl, undeliveredUrl}]`. Set for the API. */
  redriveQueues: 'HOLDFAST_REDRIVE_QUEUES',
  /** ARN of a run state machine up to the agent's name, e.g. `arn:aws:states:…:stateMachine:holdfast-run-`. */
  runMachineArnPrefix: 'HOLDFAST_RUN_MACHINE_ARN_PREFIX',
  /** ARN of a skill's function up to the skill's folder name, e.g. `arn:aws:lambda:…:function:holdfast-skill-`. */
  skillFunctionArnPrefix: 'HOLDFAST_SKILL_FUNCTION_ARN_PREFIX',
  /** JSON object from skill id to the published version of its function. */
  skillFunctionVersions: 'HOLDFAST_SKILL_FUNCTION_VERSIONS',
  /** Name of a secret with the headers of the collector that spans are pushed to. */
  spanHeadersSecret: 'HOLDFAST_SPAN_HEADERS_SECRET_NAME',
  /** JSON object with any of the limits (core/contract/limits.ts). */
  limits: 'HOLDFAST_LIMITS',
  /** JSON object `{usd?, tokens?}`: what each tenant may spend on models in a day (UTC). */
  tenantDayBudget: 'HOLDFAST_TENANT_DAY_BUDGET',
  /** Lifetime of a platform that knows when its workers are dead (core/model/owner.ts). Unset in the cloud. */
  epoch: 'HOLDFAST_EPOCH',
  /** What the names of secrets in Secrets Manager begin with: `<prefix>/<NAME>`. Set for functions that have any. */
  secretsPrefix: 'HOLDFAST_SECRETS_PREFIX',
  /** JSON file with secrets, instead of Secrets Manager. Unset in the cloud. */
  secretsFile: 'HOLDFAST_SECRETS_FILE',
  /** Sender of mails. */
  mailFrom: 'HOLDFAST_MAIL_FROM',
  /** Mail server, e.g. `smtp://127.0.0.1:2525`, instead of SES. Unset in the cloud. */
  smtpUrl: 'HOLDFAST_SMTP_URL',
  /** Language models for agents that name none, separated by commas, in the order in which they are asked. */
  models: 'HOLDFAST_MODELS',
  /** JSON array of prices of models (core/model/model-prices.ts), which go before those that are known. */
  modelPrices: 'HOLDFAST_MODEL_PRICES',
  /** JSON object with the AWS settings of the person on whose laptop the platform runs, for models of Bedrock. Unset in the cloud. */
  personalAws: 'HOLDFAST_PERSONAL_AWS',
  /** Folder with the files of the web console, for the function that publishes them. */
  consoleFiles: 'HOLDFAST_CONSOLE_FILES',
  tokenIssuer: 'HOLDFAST_TOKEN_ISSUER',
  tokenAudience: 'HOLDFAST_TOKEN_AUDIENCE',
  /** JSON Web Key Set: inline JSON or an https address. */
  tokenKeys: 'HOLDFAST_TOKEN_KEYS',
} as const;
