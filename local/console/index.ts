export { consoleFiles } from './console-files.ts';
export { localConfig } from './local-config.ts';
export { withConsole } from './serve-console.ts';
