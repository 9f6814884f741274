import { openCedarAuthorizer } from '../core/adapters/cedar/index.ts';
import { compilePolicies } from '../core/authz/compile-policies.ts';
import type { Authorizer, Surveyor } from '../core/ports/authorizer.ts';
import type { ProvidedProject } from './registry.ts';
import { providedProject } from './registry.ts';

let opened: { readonly project: ProvidedProject; readonly authorizer: Authorizer & Surveyor } | undefined;

/**
 * Judges by the grants and policies of the provided project; they are parsed once. Throws PolicyError for policies that
 * are wrong: then nothing is allowed.
 */
export function authorizer(): Authorizer & Surveyor {
  const project = providedProject();
  if (opened?.project !== project) {
    const { registry, policies, isPart } = project;
    opened = { project, authorizer: openCedarAuthorizer(compilePolicies(registry), policies, { isPart }) };
  }
  return opened.authorizer;
}
