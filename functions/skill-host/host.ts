import { awsExecutePorts } from '../../core/adapters/aws.ts';
import type { ExecutePorts } from '../../core/operations/execute-step.ts';
import { Breakers } from '../../core/operations/with-breaker.ts';
import type { BreakerOptions } from '../../core/operations/with-breaker.ts';
import { countedPorts } from '../counted-ports.ts';
import { tableClient } from '../table-client.ts';

export interface Host {
  readonly ports: ExecutePorts;
  /** As this process has seen them: all its invocations share what it remembers. */
  readonly breakers: Breakers;
}

let opened: Host | undefined;

/**
 * What steps need, made once for each process from its environment. Throws when the environment is wrong.
 *
 * @param unrecorded told of breakers that could not be read or written
 */
export function host(unrecorded: BreakerOptions['unrecorded']): Host {
  opened ??= open(unrecorded);
  return opened;
}

function open(unrecorded: BreakerOptions['unrecorded']): Host {
  const ports = countedPorts(awsExecutePorts(process.env, tableClient()));
  return { ports, breakers: new Breakers({ ...ports, unrecorded }) };
}
