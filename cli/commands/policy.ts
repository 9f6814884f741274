import { Option } from 'commander';
import type { Command } from 'commander';
import type { Explanation } from '../../core/contract/api.ts';
import { readJsonOption } from '../arguments.ts';
import { connect, withApiOptions } from '../connection.ts';
import type { ApiOptions } from '../connection.ts';
import { exitCodes } from '../errors.ts';
import { safe } from '../escape.ts';
import type { Style } from '../escape.ts';
import { printDocument, printLine, styled } from '../output.ts';
import type { SetExitCode } from '../program.ts';

interface ExplainOptions extends ApiOptions {
  readonly agent: string;
  readonly skill: string;
  readonly action: string;
  readonly input: string;
}

const verdicts: Readonly<Record<Explanation['verdict'], { readonly words: string; readonly style: Style }>> = {
  allow: { words: 'allowed', style: 'green' },
  allowWithApproval: { words: 'allowed once a person has approved it', style: 'yellow' },
  deny: { words: 'denied', style: 'red' },
};

export function addPolicy(program: Command, setExitCode: SetExitCode): void {
  const policy = program.command('policy').description('what agents may do, and why');
  withApiOptions(policy.command('explain'))
    .description('say whether an agent may use an action with these arguments, and which policies decide; runs nothing')
    .requiredOption('--agent <agent>', 'name of the agent')
    .requiredOption('--skill <skill>', 'id of the skill, e.g. Billing:v1')
    .requiredOption('--action <action>', 'name of the action')
    .addOption(new Option('--input <json|file>', 'the arguments: JSON, a file, or -').default('{}'))
    .action(async ({ agent, skill, action, input, ...options }: ExplainOptions) => {
      const request = { agent, skill, action, input: await readJsonOption('--input', input) };
      const explanation = await connect(options).explainPolicy(request);
      setExitCode(explanation.verdict === 'deny' ? exitCodes.failed : exitCodes.completed);
      if (options.json) printDocument(explanation);
      else printExplanation(`${skill}/${action}`, agent, explanation);
    });
}

function printExplanation(
  use: string,
  agent: string,
  { verdict, policies, reasons, sensitive, problems }: Explanation,
): void {
  const { words, style } = verdicts[verdict];
  printLine(safe`${styled('bold', use)} by ${agent}: ${styled(style, words)}`);
  for (const reason of reasons) printLine(safe`  ${styled('dim', 'why'.padEnd(9))}  ${reason}`);
  for (const id of policies) printLine(safe`  ${styled('dim', 'policy'.padEnd(9))}  ${id}`);
  for (const path of verdict === 'deny' ? [] : sensitive) {
    printLine(
      safe`  ${styled('dim', 'sensitive'.padEnd(9))}  ${path}: needs an approval unless a person or playbook gives it`,
    );
  }
  for (const { path, message } of problems) {
    printLine(safe`  ${styled('yellow', 'problem'.padEnd(9))}  ${path ?? 'input'}: ${message}`);
  }
}
