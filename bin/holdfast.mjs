#!/usr/bin/env node
import './require-node-24.mjs';

// node:sqlite is experimental, and the interpreter of the state machines sets timers for moments that have just passed.
const silent = new Set(['ExperimentalWarning', 'TimeoutNegativeWarning']);
const emitWarning = process.emitWarning.bind(process);
process.emitWarning = (warning, ...rest) => {
  const [options] = rest;
  const type = typeof options === 'object' && options !== null ? options.type : options;
  if (!silent.has(type) && !silent.has(warning?.name)) emitWarning(warning, ...rest);
};

const { main } = await import('../cli/main.ts');
process.exitCode = await main(process.argv);
