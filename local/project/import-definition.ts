import { createRequire, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { DefinitionError } from '../../core/sdk/definition-error.ts';
import type { DefinitionProblem } from '../../core/sdk/definition-error.ts';
import type { AgentDefinition, SkillDefinition } from '../../core/model/skill.ts';

export type Imported<Definition> =
  | { readonly ok: true; readonly definition: Definition }
  | { readonly ok: false; readonly problems: readonly DefinitionProblem[] };

interface Definitions {
  readonly skill: SkillDefinition;
  readonly agent: AgentDefinition;
}

const makers = { skill: 'defineSkill', agent: 'defineAgent' } as const;

/** The definition that a file exports by default. What is wrong with the file is an answer, never an exception. */
export async function importDefinition<Kind extends keyof Definitions>(
  file: string,
  kind: Kind,
): Promise<Imported<Definitions[Kind]>> {
  provideOwnPackages();
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
  } catch (error) {
    return { ok: false, problems: importProblems(error) };
  }
  const value = module.default;
  if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind) {
    return { ok: true, definition: value as Definitions[Kind] };
  }
  const maker = makers[kind];
  const problem = {
    at: '',
    wrong: `does not export a definition of ${maker} by default`,
    given: described(value),
    allowed: `export default ${maker}({ … })`,
    remedy: `Make what ${maker} returns the default export`,
  };
  return { ok: false, problems: [problem] };
}

function described(value: unknown): string {
  if (value === undefined) return 'no default export';
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  return 'kind' in value ? `a definition of kind ${JSON.stringify(value.kind)}` : 'an object without kind';
}

function importProblems(error: unknown): readonly DefinitionProblem[] {
  if (DefinitionError.isInstance(error)) return error.problems;
  const given = error instanceof Error ? `${error.name}: ${firstLine(error.message)}` : `thrown: ${String(error)}`;
  const code = codeOf(error);
  if (notFoundCodes.has(code)) {
    return [
      {
        at: '',
        wrong: 'imports something that is not there',
        given,
        allowed: 'files of the project, its installed packages, holdfast and zod',
        remedy: 'Run npm install in the project, or correct the import',
      },
    ];
  }
  if (error instanceof SyntaxError || code.includes('TYPESCRIPT')) {
    return [
      {
        at: '',
        wrong: 'is no code that Node can run',
        given: `${given}${placeOf(error)}`,
        allowed:
          'JavaScript, or TypeScript whose types can simply be removed (no enum, namespace or parameter property)',
        remedy: 'Correct the code; npx tsc --noEmit --erasableSyntaxOnly names the place',
      },
    ];
  }
  return [
    {
      at: '',
      wrong: 'fails while it is loaded',
      given: `${given}${placeOf(error)}`,
      allowed: 'a module that only defines, without doing anything yet',
      remedy: 'Correct the error, or move the work into run',
    },
  ];
}

const notFoundCodes = new Set(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED']);

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

function firstLine(text: string): string {
  return (
    text
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.trim() ?? ''
  );
}

/** Node puts the place of a syntax error at the top of the stack, and that of others into its frames. */
function placeOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const [, file, line] = /([^/\\\s]+\.[mc]?[jt]s):(\d+)/.exec(stack.replaceAll(/\bnode:\S+/g, '')) ?? [];
  return file === undefined ? '' : ` (${file}, line ${line})`;
}

let provided = false;

/**
 * A project without packages of its own gets this copy of `holdfast` and `zod`, so that a plain folder is a project.
 * What the project has installed itself always wins.
 */
function provideOwnPackages(): void {
  if (provided) return;
  provided = true;
  const own = createRequire(import.meta.url);
  const packages = new Map(['holdfast', 'zod'].map((name) => [name, pathToFileURL(own.resolve(name)).href]));
  registerHooks({
    resolve(specifier, context, nextResolve) {
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        const url = packages.get(specifier);
        if (url === undefined || !notFoundCodes.has(codeOf(error))) throw error;
        return { url, shortCircuit: true };
      }
    },
  });
}
