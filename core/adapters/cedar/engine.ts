import { existsSync, readFileSync } from 'node:fs';
import * as cedar from '@cedar-policy/cedar-wasm/web';

let started = false;

/**
 * The Cedar engine, started once for each thread (about 20 ms). Its WebAssembly is beside this module in a bundle, and
 * in the installed package otherwise. Throws when it is in neither place.
 */
export function cedarEngine(): typeof cedar {
  if (!started) {
    const beside = new URL('./cedar_wasm_bg.wasm', import.meta.url);
    cedar.initSync({ module: readFileSync(existsSync(beside) ? beside : installedWasm()) });
    started = true;
  }
  return cedar;
}

/** A bundle has no package to resolve, so this is asked last. */
function installedWasm(): URL {
  return new URL('./cedar_wasm_bg.wasm', import.meta.resolve('@cedar-policy/cedar-wasm/web'));
}
