export { QueuedNotifications } from './queued-notifications.ts';
export { SnsTopic } from './sns-topic.ts';
export { redrivenQueues, SqsUndeliveredQueues } from './undelivered-queues.ts';
