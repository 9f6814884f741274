export { systemClock } from './clock.ts';
export { createHttp, systemHttp } from './http.ts';
export { SystemIds } from './ids.ts';
