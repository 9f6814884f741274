import type { Command } from 'commander';
import { connect, withApiOptions } from '../connection.ts';
import type { ApiOptions } from '../connection.ts';
import { safe } from '../escape.ts';
import { printDocument, printLine, printNote, styled } from '../output.ts';

export function addAgents(program: Command): void {
  withApiOptions(program.command('agents'))
    .description('list the agents with their grants and playbooks')
    .action(async (options: ApiOptions) => {
      const page = await connect(options).listAgents();
      if (options.json) return printDocument(page);
      if (page.items.length === 0) return printNote(safe`The project defines no agents.`);
      for (const agent of page.items) {
        printLine(safe`${styled('bold', agent.name)}  ${agent.description}`);
        printLine(safe`  grants    ${agent.grants.join(', ') || 'none'}`);
        printLine(safe`  deadline  ${agent.deadlineSeconds} s`);
        for (const playbook of agent.playbooks) {
          printLine(safe`  playbook  ${styled('bold', playbook.name)} (${playbook.kind}): ${playbook.description}`);
        }
      }
    });
}
