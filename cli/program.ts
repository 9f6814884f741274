import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addAgents } from './commands/agents.ts';
import { addAudit } from './commands/audit.ts';
import { addBreakers } from './commands/breakers.ts';
import { addCancel } from './commands/cancel.ts';
import { addDoctor } from './commands/doctor.ts';
import { addGrants } from './commands/grants.ts';
import { addInbox } from './commands/inbox.ts';
import { addMcp } from './commands/mcp.ts';
import { addPolicy } from './commands/policy.ts';
import { addResume } from './commands/resume.ts';
import { addRun } from './commands/run.ts';
import { addRuns } from './commands/runs.ts';
import { addSecrets } from './commands/secrets.ts';
import { addShow } from './commands/show.ts';
import { addSkills } from './commands/skills.ts';
import { addSpend } from './commands/spend.ts';
import { addStart } from './commands/start.ts';
import { addToken } from './commands/token.ts';
import { addTrace } from './commands/trace.ts';
import type { ExitCode } from './errors.ts';
import { Safe } from './escape.ts';

/** Tells the caller of the process how a command ended that did not throw. */
export type SetExitCode = (exitCode: ExitCode) => void;

const afterHelp = `
Environment:
  HOLDFAST_URL    address of the API (default: http://127.0.0.1:4700)
  HOLDFAST_TOKEN  token; not needed for a platform on this machine
  HOLDFAST_DATA   data directory of the local platform (default: .holdfast)
  NO_COLOR        no colours

Exit codes:
  0 completed   1 failed, declined or canceled   2 wrong use or rejected input
  3 waiting for a person   4 the platform is unreachable`;

/** All commands. Errors are thrown, never answered by ending the process. */
export function buildProgram(setExitCode: SetExitCode): Command {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  const program = new Command('holdfast')
    .description('Durable AI agents: runs that survive, side effects that happen once or are openly in doubt.')
    .version(manifest.version)
    .helpCommand(false)
    .addHelpText('after', afterHelp)
    .exitOverride()
    .configureOutput({
      // Commander repeats what the user typed, which may have come from anywhere.
      writeErr: (text) => process.stderr.write(Safe.lines(text).text),
      outputError: (text, write) => write(text),
    });
  addStart(program);
  addRun(program, setExitCode);
  addRuns(program);
  addShow(program, setExitCode);
  addTrace(program);
  addAudit(program, setExitCode);
  addCancel(program);
  addResume(program, setExitCode);
  addInbox(program, setExitCode);
  addSkills(program, setExitCode);
  addAgents(program);
  addGrants(program);
  addSpend(program);
  addBreakers(program);
  addMcp(program, manifest.version);
  addPolicy(program, setExitCode);
  addSecrets(program);
  addToken(program);
  addDoctor(program, setExitCode);
  return program;
}
