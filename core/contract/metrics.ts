/** The CloudWatch namespace of what the functions count. */
export const metricNamespace = 'Holdfast';

/** What is counted, each where it is committed and by whoever commits it, under the name that CloudWatch knows. */
export const metric = {
  runStarted: 'RunsStarted',
  runCompleted: 'RunsCompleted',
  /** Runs that ended otherwise than completed, declined or canceled. */
  runFailed: 'RunsFailed',
  stepCompleted: 'StepsCompleted',
  /** Once for each occurrence of a step. */
  stepFailed: 'StepsFailed',
  stepInDoubt: 'StepsInDoubt',
  escalationOpened: 'EscalationsOpened',
  escalationSettled: 'EscalationsSettled',
  modelTokens: 'ModelTokens',
  /** In millionths of a US dollar. */
  modelUsdMicros: 'ModelUsdMicros',
  /** In seconds; 0 when nobody is waited for. */
  oldestOpenEscalation: 'OldestOpenEscalationAge',
} as const;
export type Metric = keyof typeof metric;

/** Of every metric: the function. It is the service of its log lines as well. */
export const serviceDimension = 'service';
/** Of what is known to be of one agent. Neither runs nor tenants are dimensions: each value of one is billed as a metric. */
export const agentDimension = 'agent';

/** Its unit, as CloudWatch calls it. */
export function unitOf(name: Metric): 'Count' | 'Seconds' {
  return name === 'oldestOpenEscalation' ? 'Seconds' : 'Count';
}
