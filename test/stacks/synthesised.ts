import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { App } from 'aws-cdk-lib';
import { afterAll, inject } from 'vitest';
import { writeBundles } from '../../lib/bundle/bundles.ts';
import type { MailSender } from '../../lib/constructs/grant-reach.ts';
import type { NotificationSettings } from '../../lib/constructs/notify-people.ts';
import type { SpanExportSettings } from '../../lib/constructs/export-spans.ts';
import type { ThinkSettings } from '../../lib/constructs/think-function.ts';
import type { TokenIssuer } from '../../lib/constructs/token-issuer.ts';
import { ResourceNames } from '../../lib/names.ts';
import type { Project } from '../../lib/project.ts';
import { readProject } from '../../lib/project.ts';
import { ConsoleStack } from '../../lib/stacks/console-stack.ts';
import type { ConsoleStackProps } from '../../lib/stacks/console-stack.ts';
import { DataStack } from '../../lib/stacks/data-stack.ts';
import { PlatformStack } from '../../lib/stacks/platform-stack.ts';

export const packageDir = join(import.meta.dirname, '..', '..');

/** A project folder with the values of the settings that its skills declare. */
export interface ProjectSource {
  readonly directory: string;
  readonly settings: Readonly<Record<string, string>>;
}

export const fixtureProject: ProjectSource = {
  directory: join(import.meta.dirname, 'project'),
  settings: { ROOM_API_URL: 'https://rooms.example.com' },
};
/** The project that this repository is. */
export const ownProject: ProjectSource = {
  directory: packageDir,
  settings: {
    TRAVEL_PROVIDER_URL: 'https://travel.example.com',
    BACK_OFFICE_URL: 'https://office.example.com',
    HTTP_ALLOWED_ORIGINS: '',
  },
};

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: string } }>>;
}

export interface Synthesised {
  readonly project: Project;
  readonly data: Template;
  readonly platform: Template;
  /** The cloud assembly, with the assets. */
  readonly outDir: string;
}

const scratchDirs: string[] = [];

function scratch(): string {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-stacks-'));
  scratchDirs.push(dir);
  return dir;
}

afterAll(() => {
  for (const dir of scratchDirs) rmSync(dir, { recursive: true });
});

const bundles = new Map<string, Promise<{ project: Project; bundleDir: string }>>();

/** Bundles a project once for all test files of a run: whoever comes first does it, and the others wait for that. */
async function bundle(directory: string): Promise<{ project: Project; bundleDir: string }> {
  const project = await readProject(directory);
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  const bundleDir = join(inject('bundleDirectory'), name);
  const outcome = `${bundleDir}.outcome`;
  if (isFirst(bundleDir)) {
    const failure = await writeBundles({ packageDir, project, outDir: bundleDir }).then(
      () => '',
      (error: unknown) => `${directory} was not bundled: ${String(error)}`,
    );
    // Whole at once, for those who look for it.
    writeFileSync(`${outcome}.tmp`, failure);
    renameSync(`${outcome}.tmp`, outcome);
  }
  while (!existsSync(outcome)) await pause(100);
  const failure = readFileSync(outcome, 'utf8');
  if (failure !== '') throw new Error(failure);
  return { project, bundleDir };
}

function isFirst(directory: string): boolean {
  try {
    mkdirSync(directory);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

export interface AppOptions {
  readonly mail?: MailSender | 'none';
  readonly source?: ProjectSource;
  /** Of the platform. */
  readonly models?: readonly string[];
  readonly thinking?: ThinkSettings;
  readonly notifications?: NotificationSettings;
  readonly spans?: SpanExportSettings;
  readonly escalationAlarmHours?: number;
  /** Of agents that name their own, by agent. */
  readonly ownModels?: Readonly<Record<string, readonly string[]>>;
  readonly tokenIssuer?: TokenIssuer;
  /** With the console: what is not as `bin/app.ts` has it. */
  readonly console?: Partial<ConsoleStackProps>;
}

/** The app of bin/app.ts over a project, with real bundles and the flags of cdk.json. */
export async function buildApp({
  mail = { from: 'agents@example.com' },
  source = fixtureProject,
  models,
  thinking,
  notifications,
  spans,
  escalationAlarmHours,
  ownModels = {},
  tokenIssuer,
  console: consoleProps,
}: AppOptions = {}): Promise<{ app: App; project: Project }> {
  const bundled = bundles.get(source.directory) ?? bundle(source.directory);
  bundles.set(source.directory, bundled);
  const { project: read, bundleDir } = await bundled;
  const agents = read.agents.map((agent) => ({ ...agent, models: ownModels[agent.name] ?? agent.models }));
  const project = { ...read, agents };
  const app = new App({ outdir: scratch(), context: flags() });
  const names = new ResourceNames('holdfast');
  const stored = new DataStack(app, 'HoldfastData', { names });
  const platform = new PlatformStack(app, 'HoldfastPlatform', {
    names,
    project,
    stored,
    bundleDir,
    definitionsDir: join(packageDir, 'statemachines'),
    settings: source.settings,
    ...(mail !== 'none' ? { mail } : {}),
    ...(models ? { models } : {}),
    ...(thinking ? { thinking } : {}),
    ...(notifications ? { notifications } : {}),
    ...(spans ? { spans } : {}),
    ...(escalationAlarmHours === undefined ? {} : { escalationAlarmHours }),
    ...(tokenIssuer ? { tokenIssuer } : {}),
    limits: { burstsPerGeneration: 500 },
  });
  if (consoleProps) {
    const consoleDir = join(import.meta.dirname, 'console-files');
    new ConsoleStack(app, 'HoldfastConsole', { names, platform, bundleDir, consoleDir, ...consoleProps });
  }
  return { app, project };
}

/** The templates of the app, without validation. */
export async function synthesise(source = fixtureProject, options: AppOptions = {}): Promise<Synthesised> {
  const { app, project } = await buildApp({ source, ...options });
  const assembly = unvalidated(() => app.synth());
  const template = (name: string): Template => assembly.getStackByName(name).template as Template;
  return {
    project,
    data: template('HoldfastData'),
    platform: template('HoldfastPlatform'),
    outDir: assembly.directory,
  };
}

/** The templates of the console and of what it knows, and the order in which they are deployed, without validation. */
export async function synthesiseConsole(options: AppOptions = {}) {
  const { app } = await buildApp({ console: {}, ...options });
  const assembly = unvalidated(() => app.synth());
  const template = (name: string): Template => assembly.getStackByName(name).template as Template;
  return {
    site: template('HoldfastConsole'),
    platform: template('HoldfastPlatform'),
    data: template('HoldfastData'),
    order: assembly.stacks.map(({ stackName }) => stackName),
  };
}

/** The data stack by itself, without validation. */
export function synthesiseData(): Template {
  const app = new App({ outdir: scratch(), context: flags() });
  new DataStack(app, 'HoldfastData', { names: new ResourceNames('holdfast') });
  return unvalidated(() => app.synth().getStackByName('HoldfastData').template as Template);
}

/** The CDK's own validation takes four fifths of the time, and a test of its own runs it. */
function unvalidated<Result>(synth: () => Result): Result {
  const before = process.env['CDK_VALIDATION'];
  process.env['CDK_VALIDATION'] = 'false';
  try {
    return synth();
  } finally {
    if (before === undefined) delete process.env['CDK_VALIDATION'];
    else process.env['CDK_VALIDATION'] = before;
  }
}

/** The feature flags of cdk.json. */
function flags(): Record<string, unknown> {
  return (JSON.parse(readFileSync(join(packageDir, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> })
    .context;
}

/** Resources of one type as `[logical id, resource]`. */
export function ofType(template: Template, type: string): [string, Resource][] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}
