import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import * as z from 'zod';
import { name } from '../../core/model/names.ts';
import type { ProjectProblem } from './project-error.ts';

export const projectFileName = 'holdfast.json';

const settingName = z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'must look like HOTEL_API_URL');

const projectFile = z.strictObject({
  $schema: z.string().optional(),
  services: z
    .array(
      z.strictObject({
        name,
        command: z.string().min(1),
        port: z.int().min(1).max(65_535),
        setting: settingName,
      }),
    )
    .default([]),
  settings: z.record(settingName, z.string()).default({}),
  tour: z.array(z.strictObject({ title: z.string().min(1), command: z.string().min(1) })).default([]),
});

/** A companion process that is started along with the project: Node runs `command` with PORT and DATA_DIR. */
export interface ProjectService {
  readonly name: string;
  /** Absolute path of a script. */
  readonly command: string;
  readonly port: number;
  /** The setting under which skills find its address. */
  readonly setting: string;
}

/** Something to try with the project, printed when the platform starts. */
export interface TourStop {
  readonly title: string;
  /** For a shell; may have several lines. */
  readonly command: string;
}

export interface ProjectFile {
  readonly services: readonly ProjectService[];
  /** Settings of the file, and the address of each service under its setting. */
  readonly settings: Readonly<Record<string, string>>;
  readonly tour: readonly TourStop[];
}

/** Reads `holdfast.json`, which may be left out. */
export async function readProjectFile(
  directory: string,
): Promise<ProjectFile & { readonly problems: ProjectProblem[] }> {
  const nothing = { services: [], settings: {}, tour: [] };
  const path = join(directory, projectFileName);
  if (!existsSync(path)) return { ...nothing, problems: [] };

  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const given = error instanceof Error ? error.message : String(error);
    return { ...nothing, problems: [problem('', 'is not JSON', given, 'a JSON object', 'Correct it')] };
  }
  const parsed = projectFile.safeParse(content);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) =>
      problem(
        issue.path.join('.'),
        'is wrong',
        issue.message,
        'services: [{ name, command, port, setting }] and settings: { NAME: text }',
        'Correct the member',
      ),
    );
    return { ...nothing, problems };
  }
  const services = parsed.data.services.map((service) => ({
    ...service,
    command: resolve(directory, service.command),
  }));
  const settings = { ...parsed.data.settings };
  const problems = [
    ...services.flatMap((service, index) => commandProblems(directory, service.command, index)),
    ...repeated(services, 'name'),
    ...repeated(services, 'port'),
    ...repeated(services, 'setting'),
  ];
  for (const [index, { port, setting }] of services.entries()) {
    if (Object.hasOwn(parsed.data.settings, setting)) {
      const remedy = 'Remove it from settings, or give the service another one';
      problems.push(problem(`services.${index}.setting`, 'is set twice', setting, 'a setting of its own', remedy));
    }
    settings[setting] = `http://127.0.0.1:${port}`;
  }
  return { services, settings, tour: parsed.data.tour, problems };
}

function commandProblems(directory: string, command: string, index: number): ProjectProblem[] {
  const inside = relative(directory, command);
  const at = `services.${index}.command`;
  if (inside.startsWith('..') || isAbsolute(inside)) {
    return [
      problem(
        at,
        'is outside of the project',
        command,
        'a script inside of the project',
        'Move the script into the project',
      ),
    ];
  }
  if (!/\.[mc]?[jt]s$/.test(command) || !existsSync(command)) {
    return [
      problem(
        at,
        'is no script that is there',
        inside,
        'the path of a .ts, .js or .mjs file in the project',
        'Correct the path',
      ),
    ];
  }
  return [];
}

function repeated(services: readonly ProjectService[], member: 'name' | 'port' | 'setting'): ProjectProblem[] {
  const values = services.map((service) => service[member]);
  return values.flatMap((value, index) =>
    values.indexOf(value) === index
      ? []
      : [
          problem(
            `services.${index}.${member}`,
            'is used by two services',
            String(value),
            'another one for each',
            'Change one of them',
          ),
        ],
  );
}

function problem(at: string, wrong: string, given: string, allowed: string, remedy: string): ProjectProblem {
  return { file: projectFileName, at, wrong, given, allowed, remedy };
}
