import type { Command } from 'commander';
import type { BreakerView } from '../../core/contract/api.ts';
import { connect, withApiOptions } from '../connection.ts';
import type { ApiOptions } from '../connection.ts';
import type { Style } from '../escape.ts';
import { safe } from '../escape.ts';
import { printDocument, printLine, printNote, printTable, styled } from '../output.ts';

interface ActOptions extends ApiOptions {
  readonly reason: string;
}

export function addBreakers(program: Command): void {
  const breakers = program.command('breakers').description('which dependencies and models are left alone, and why');
  withApiOptions(breakers.command('list', { isDefault: true }))
    .description('list the breakers of what skills depend on and of models')
    .action(list);
  withApiOptions(breakers.command('isolate'))
    .description('let nobody call a dependency or model until its breaker is closed by hand')
    .argument('<breaker>', 'id of the breaker')
    .requiredOption('--reason <text>', 'why, for the record')
    .action(async (breakerId: string, options: ActOptions) => {
      const { reason } = options;
      printBreaker(await connect(options, ['admin']).isolateBreaker(breakerId, { reason }), options);
    });
  withApiOptions(breakers.command('close'))
    .description('let calls through again, whatever has failed before')
    .argument('<breaker>', 'id of the breaker')
    .requiredOption('--reason <text>', 'why, for the record')
    .action(async (breakerId: string, options: ActOptions) => {
      const { reason } = options;
      printBreaker(await connect(options, ['admin']).closeBreaker(breakerId, { reason }), options);
    });
}

async function list(options: ApiOptions): Promise<void> {
  const page = await connect(options).listBreakers();
  if (options.json) return printDocument(page);
  if (page.items.length === 0) {
    return printNote(safe`No skill declares a dependency, and no agent has a model: there is nothing to break.`);
  }
  printTable(
    ['BREAKER', 'STATE', 'SINCE', 'FAILED', 'USED BY', 'NOTE'],
    page.items.map((one) => [
      one.breakerId,
      styled(styles[one.state], one.state),
      one.since ?? '',
      one.state === 'closed' && one.calls > 0 ? `${one.failures} of ${one.calls}` : '',
      one.usedBy.join(', '),
      noteOf(one),
    ]),
  );
}

function printBreaker(breaker: BreakerView, { json }: ApiOptions): void {
  if (json) return printDocument(breaker);
  printLine(safe`Breaker ${breaker.breakerId} is ${styled(styles[breaker.state], breaker.state)}`);
}

function noteOf({ state, openUntil, byHand }: BreakerView): string {
  if (openUntil !== undefined && state === 'open') return `tried again at ${openUntil}`;
  if (state === 'half-open') return 'the next call tries it';
  return byHand ? `${byHand.act} by ${byHand.by}: ${byHand.reason}` : '';
}

const styles: Readonly<Record<BreakerView['state'], Style>> = {
  closed: 'green',
  open: 'red',
  'half-open': 'yellow',
  isolated: 'red',
};
