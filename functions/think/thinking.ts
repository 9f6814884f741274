import { createModelClient } from '../../core/adapters/ai-sdk/index.ts';
import { awsExecutePorts } from '../../core/adapters/aws.ts';
import { env } from '../../core/contract/env.ts';
import { tenantDayBudgetFromEnv } from '../../core/contract/tenant-day-budget.ts';
import { costOf, modelPrices } from '../../core/model/model-prices.ts';
import type { ModelStepDependencies } from '../../core/operations/answer-model-step.ts';
import type { ExecutePorts } from '../../core/operations/execute-step.ts';
import { ModelChain } from '../../core/operations/model-chain.ts';
import { Breakers } from '../../core/operations/with-breaker.ts';
import type { BreakerOptions } from '../../core/operations/with-breaker.ts';
import { countedPorts } from '../counted-ports.ts';
import { registry } from '../registry.ts';
import { tableClient } from '../table-client.ts';

export interface Thinking {
  readonly ports: ExecutePorts;
  readonly dependencies: ModelStepDependencies;
}

let opened: Thinking | undefined;

/**
 * What model steps need, made once for each process from its environment. Throws when the environment is wrong.
 *
 * @param unrecorded told of breakers that could not be read or written
 */
export function thinking(unrecorded: BreakerOptions['unrecorded']): Thinking {
  opened ??= open(unrecorded);
  return opened;
}

function open(unrecorded: BreakerOptions['unrecorded']): Thinking {
  const ports = countedPorts(awsExecutePorts(process.env, tableClient()));
  const { clock, spend, secrets } = ports;
  const prices = modelPrices(process.env[env.modelPrices]);
  const breakers = new Breakers({ ...ports, unrecorded });
  return {
    ports,
    dependencies: {
      ...{
        registry: registry(),
        spend,
        clock,
        client: createModelClient({ settings: modelSettings(process.env), secrets }),
      },
      chainOver: (models, metered) => new ModelChain({ models, client: metered, breakers }),
      breakers,
      prices: (model, usage) => costOf(model, usage, prices),
      tenantDay: tenantDayBudgetFromEnv(process.env),
    },
  };
}

/** A laptop's emulators are signed for with credentials that mean nothing; the person's own are kept beside them. */
function modelSettings(environment: NodeJS.ProcessEnv): Readonly<Record<string, string | undefined>> {
  const own = environment[env.personalAws];
  return own === undefined
    ? environment
    : { ...environment, ...(JSON.parse(own) as Record<string, string | undefined>) };
}
