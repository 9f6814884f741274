#!/usr/bin/env node
import './require-node-24.mjs';

const { main } = await import('../cli/main.ts');
process.exitCode = await main(process.argv);
