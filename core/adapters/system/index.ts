export { systemClock } from './clock.ts';
export { systemHttp } from './http.ts';
export { SystemIds } from './ids.ts';
