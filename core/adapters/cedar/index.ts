export { openCedarAuthorizer, policyProblems } from './authorizer.ts';
export type { CedarOptions } from './authorizer.ts';
export { PolicyError } from './policy-error.ts';
export { readPolicyFiles } from './policy-files.ts';
