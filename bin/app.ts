import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ResourceNames } from '../lib/names.ts';
import { readProject } from '../lib/project.ts';
import { ConsoleStack } from '../lib/stacks/console-stack.ts';
import { DataStack } from '../lib/stacks/data-stack.ts';
import { PlatformStack } from '../lib/stacks/platform-stack.ts';

const packageDir = join(import.meta.dirname, '..');
const names = new ResourceNames('holdfast');

const app = new App();
const stored = new DataStack(app, 'HoldfastData', { names });
const platform = new PlatformStack(app, 'HoldfastPlatform', {
  names,
  stored,
  project: await readProject(packageDir),
  bundleDir: join(packageDir, 'dist', 'lambda'),
  definitionsDir: join(packageDir, 'statemachines'),
  // The services of the demo run on a laptop; these name the ones that deployed skills call.
  settings: {
    TRAVEL_PROVIDER_URL: 'https://travel.example.com',
    BACK_OFFICE_URL: 'https://office.example.com',
    // No origin is open to Http:v1 until one is named here.
    HTTP_ALLOWED_ORIGINS: '',
  },
  // As on a laptop: none, and agents follow playbooks and given plans only.
  models: process.env['HOLDFAST_MODELS']?.split(',') ?? [],
  // Verify this domain in SES, or name one that is.
  mail: { from: 'agents@example.com' },
});
new ConsoleStack(app, 'HoldfastConsole', {
  ...{ names, platform },
  bundleDir: join(packageDir, 'dist', 'lambda'),
  consoleDir: join(packageDir, 'dist', 'console'),
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
