#!/usr/bin/env node
import './require-node-24.mjs';
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

// node:sqlite is experimental, and the interpreter of the state machines sets timers for moments that have just passed.
const silent = new Set(['ExperimentalWarning', 'TimeoutNegativeWarning']);
const emitWarning = process.emitWarning.bind(process);
process.emitWarning = (warning, ...rest) => {
  const [options] = rest;
  const type = typeof options === 'object' && options !== null ? options.type : options;
  if (!silent.has(type) && !silent.has(warning?.name)) emitWarning(warning, ...rest);
};

// Half of what a command takes is compiling. In a folder of one's own: what is in it is run.
module.enableCompileCache?.(join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'holdfast'));

const { main } = await import('../cli/main.ts');
process.exitCode = await main(process.argv);
