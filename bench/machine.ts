import { availableParallelism, totalmem } from 'node:os';
import { platform, arch, version } from 'node:process';

/** What kind of machine a result comes from, without anything that names it. */
export interface Machine {
  readonly date: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly platform: string;
  readonly node: string;
}

export function thisMachine(): Machine {
  return {
    date: new Date().toISOString().slice(0, 10),
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${platform}-${arch}`,
    node: version,
  };
}
