import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GrantDeclaration } from '../../core/model/grant.ts';
import type { AgentPrompts } from '../../core/model/agent-prompts.ts';
import type { SkillCard } from '../../core/model/skill-card.ts';
import { describeProblem } from '../../core/sdk/definition-error.ts';
import type { Project } from './load-project.ts';
import type { ProjectProblem } from './project-error.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'project-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

type Outcome =
  | {
      readonly loaded: Pick<Project, 'services' | 'settings' | 'warnings'> & {
        readonly policies: readonly string[];
        skills: string[];
        agents: string[];
        cards: [string, SkillCard][];
        prompts: [string, AgentPrompts][];
      };
    }
  | { readonly message: string; readonly problems: ProjectProblem[] };

/** Loads projects as `holdfast start` does, in a Node of its own: module resolution is part of what is tested. */
async function load(...directories: string[]): Promise<Outcome[]> {
  const script = `
    import { loadProject } from './local/project/index.ts';
    const outcomes = [];
    for (const directory of ${JSON.stringify(directories)}) {
      try {
        const { registry, services, settings, policies, warnings } = await loadProject(directory, { environment: {}, secretNames: ['KNOWN_KEY'] });
        const skills = [...registry.skills.keys()], agents = [...registry.agents.keys()], cards = [...registry.cards], prompts = [...registry.prompts];
        const files = policies.map(({ file }) => file);
        outcomes.push({ loaded: { skills, agents, cards, prompts, services, settings, policies: files, warnings } });
      } catch (error) {
        if (!error.problems) throw error;
        outcomes.push({ message: error.message, problems: error.problems });
      }
    }
    console.log(JSON.stringify(outcomes));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: repository,
  });
  return JSON.parse(stdout) as Outcome[];
}

/** Writes a project into the scratch folder and returns its path. */
function project(name: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(scratch, name, path)), { recursive: true });
    writeFileSync(join(scratch, name, path), text);
  }
  mkdirSync(join(scratch, name), { recursive: true });
  return join(scratch, name);
}

function skill(id: string, body = ''): string {
  return `
    import { defineAction, defineSkill } from 'holdfast';
    import * as z from 'zod';
    export default defineSkill({ id: '${id}', release: '1.0.0', description: 'A skill.', actions: {
      act: defineAction({ description: 'Acts.', input: z.strictObject({ city: z.string() }), output: z.object({}), run: async () => ({}), ${body} }) } });`;
}

function agent(
  name: string,
  grants: readonly GrantDeclaration[],
  step = '{ city: "${input.city}" }',
  action = 'act',
): string {
  return `
    import { defineAgent, definePlaybook } from 'holdfast';
    import * as z from 'zod';
    export default defineAgent({ name: '${name}', description: 'An agent.', grants: ${JSON.stringify(grants)}, playbooks: {
      go: definePlaybook({ description: 'Goes.', input: z.object({ city: z.string() }),
        steps: [{ id: 'one', skill: 'Good:v1', action: '${action}', input: ${step} }] }) } });`;
}

function card(name: string, description = 'Does good. Use it for good.'): string {
  return `---\nname: ${name}\ndescription: ${description}\n---\n\n# It\n`;
}

const good = { 'skills/good-v1/skill.ts': skill('Good:v1'), 'skills/good-v1/SKILL.md': card('good-v1') };

describe('a sound project', () => {
  test('is a folder: this repository, its examples, and a folder anywhere that has no packages of its own', async () => {
    const bare = project('bare', {
      ...good,
      'agents/doer/agent.ts': agent('doer', ['Good:v1']),
      'policies/limits.cedar': '',
      'policies/README.md': '',
      'skills/README.md': 'Files beside the folders do not matter.',
    });
    const outcomes = await load('.', 'examples/hello-project', 'examples/load-project', bare);
    expect(outcomes).toMatchObject([
      {
        loaded: {
          skills: [
            'Billing:v1',
            'CarDesk:v1',
            'Email:v1',
            'FlightBooking:v1',
            'HotelBooking:v1',
            'Http:v1',
            'Itinerary:v1',
            'Notes:v1',
            'Text:v1',
            'UserManagement:v1',
            'UserManagement:v2',
          ],
          agents: ['base', 'billing', 'reception', 'recovery', 'trip-planner', 'user-admin'],
          services: [
            { name: 'travel-provider', port: 4710, setting: 'TRAVEL_PROVIDER_URL' },
            { name: 'back-office', port: 4720, setting: 'BACK_OFFICE_URL' },
          ],
          settings: {
            TRAVEL_PROVIDER_URL: 'http://127.0.0.1:4710',
            BACK_OFFICE_URL: 'http://127.0.0.1:4720',
            HTTP_ALLOWED_ORIGINS: '',
          },
          policies: ['policies/house-rules.cedar'],
          warnings: [
            expect.stringContaining('Billing:v1 needs the secret PAYMENT_API_KEY'),
            expect.stringContaining("'user-admin' is granted UserManagement:v1, which is deprecated"),
          ],
        },
      },
      { loaded: { skills: ['Greeting:v1'], agents: ['greeter'], warnings: [] } },
      { loaded: { skills: ['Pace:v1'], agents: ['pacer'], warnings: [] } },
      { loaded: { skills: ['Good:v1'], agents: ['doer'], policies: ['policies/limits.cedar'], warnings: [] } },
    ]);
  });

  test('knows what each SKILL.md says', async () => {
    const [outcome] = await load(project('carded', { ...good, 'agents/doer/agent.ts': agent('doer', ['Good:v1']) }));
    expect(outcome).toMatchObject({
      loaded: { cards: [['Good:v1', { description: 'Does good. Use it for good.', body: '# It' }]] },
    });
  });

  test('knows what the prompts of each agent say, of its own alone, whatever ends their lines', async () => {
    const doer = { 'agents/doer/agent.ts': agent('doer', ['Good:v1']) };
    const heir = { 'agents/heir/agent.ts': agent('heir', []).replace('grants:', "extends: ['doer'], grants:") };
    const outcomes = await load(
      project('prompted', {
        ...{ ...good, ...doer, ...heir },
        'agents/doer/prompts/plan.md': '# Plan\n\nBe brief.\n',
        'agents/doer/prompts/verify.md': 'Look twice.',
        'agents/doer/prompts/.plan.md.swp': 'What an editor leaves behind.',
        'agents/heir/prompts/plan.md': 'Be briefer.',
      }),
      project('prompted-elsewhere', {
        ...{ ...good, ...doer, ...heir },
        'agents/doer/prompts/verify.md': 'Look twice.\r\n',
        'agents/doer/prompts/plan.md': '# Plan\r\n\r\nBe brief.',
        'agents/heir/prompts/plan.md': '\u{FEFF}Be briefer.\n\n',
      }),
    );
    const prompts = [
      ['doer', { plan: '# Plan\n\nBe brief.', verify: 'Look twice.' }],
      ['heir', { plan: 'Be briefer.' }],
    ];
    expect(outcomes).toMatchObject([{ loaded: { prompts } }, { loaded: { prompts } }]);
    expect(JSON.stringify(outcomes[1])).toBe(JSON.stringify(outcomes[0]));
  });

  test('has playbooks that may use what is granted with limits: those are judged when a step runs', async () => {
    const limited: GrantDeclaration = {
      grant: 'Good:v1/act',
      when: { city: { oneOf: ['Oslo'] } },
      approval: 'required',
    };
    const [outcome] = await load(project('limited', { ...good, 'agents/doer/agent.ts': agent('doer', [limited]) }));
    expect(outcome).toMatchObject({ loaded: { agents: ['doer'], warnings: [] } });
  });

  test('is loaded with warnings about what its owner should know', async () => {
    const needy = skill('Good:v1').replace(
      'actions:',
      "settings: ['GOOD_URL'], secrets: ['GOOD_KEY', 'KNOWN_KEY'], actions:",
    );
    const [outcome] = await load(project('needy', { ...good, 'skills/good-v1/skill.ts': needy }));
    expect(outcome).toMatchObject({
      loaded: {
        warnings: [
          expect.stringContaining('Good:v1 needs the setting GOOD_URL, which is not set'),
          expect.stringContaining('Good:v1 needs the secret GOOD_KEY, which is not there'),
          expect.stringContaining('The project has no agents'),
        ],
      },
    });
  });

  test('warns about agents that are granted a deprecated skill, and about a replacement that is not there', async () => {
    const going = (replacedBy: string): string =>
      skill('Good:v1').replace('actions:', `deprecated: { replacedBy: '${replacedBy}' }, actions:`);
    const files = { ...good, 'agents/doer/agent.ts': agent('doer', ['Good:v1', 'Good:v1/act']) };
    const next = { 'skills/good-v2/skill.ts': skill('Good:v2'), 'skills/good-v2/SKILL.md': card('good-v2') };
    const outcomes = await load(
      project('going', { ...files, ...next, 'skills/good-v1/skill.ts': going('Good:v2') }),
      project('lost', { ...files, 'skills/good-v1/skill.ts': going('Gone:v2') }),
    );
    const warning = (id: string): string =>
      `Agent 'doer' is granted Good:v1, which is deprecated. Grant it ${id} instead.`;
    expect(outcomes).toMatchObject([
      { loaded: { warnings: [warning('Good:v2')] } },
      {
        loaded: { warnings: [expect.stringContaining('Gone:v2, which the project does not have'), warning('Gone:v2')] },
      },
    ]);
  });
});

const broken: Readonly<Record<string, string>> = {
  ...good,
  'skills/no-definition-v1/SKILL.md': card('no-definition-v1'),
  'skills/syntax-v1/skill.ts': 'export default defineSkill({',
  'skills/syntax-v1/SKILL.md': card('syntax-v1'),
  'skills/enum-v1/skill.ts': 'enum Colour { Red }\nexport default Colour;',
  'skills/enum-v1/SKILL.md': card('enum-v1'),
  'skills/throws-v1/skill.ts': "\nthrow new TypeError('no such luck');",
  'skills/throws-v1/SKILL.md': card('throws-v1'),
  'skills/missing-package-v1/skill.ts': "import 'not-installed-anywhere';",
  'skills/missing-package-v1/SKILL.md': card('missing-package-v1'),
  'skills/no-default-v1/skill.ts': 'export const skill = 1;',
  'skills/no-default-v1/SKILL.md': card('no-default-v1'),
  'skills/agent-inside-v1/skill.ts': agent('doer', ['Good:v1']),
  'skills/agent-inside-v1/SKILL.md': card('agent-inside-v1'),
  'skills/no-lookup-v1/skill.ts': skill('NoLookup:v1', "effect: { class: 'Q', settleTime: '2s' }, timeoutSeconds: 0"),
  'skills/no-lookup-v1/SKILL.md': card('no-lookup-v1'),
  'skills/wrong-folder-v1/skill.ts': skill('Other:v1'),
  'skills/wrong-folder-v1/SKILL.md': card('wrong-folder-v1'),
  'skills/good-again-v1/skill.ts': skill('Good:v1'),
  'skills/good-again-v1/SKILL.md': card('good-again-v1'),
  'skills/no-card-v1/skill.ts': skill('NoCard:v1'),
  'skills/plain-card-v1/skill.ts': skill('PlainCard:v1'),
  'skills/plain-card-v1/SKILL.md': '# Plain card\n',
  'skills/yaml-card-v1/skill.ts': skill('YamlCard:v1'),
  'skills/yaml-card-v1/SKILL.md': '---\nname: [yaml-card-v1\n---\n',
  'skills/mute-card-v1/skill.ts': skill('MuteCard:v1'),
  'skills/mute-card-v1/SKILL.md': card('mute-card-v1', '""'),
  'skills/renamed-card-v1/skill.ts': skill('RenamedCard:v1'),
  'skills/renamed-card-v1/SKILL.md': card('other-card-v1'),
  'skills/model-v1/skill.ts': skill('Model:v1'),
  'skills/model-v1/SKILL.md': card('model-v1'),
  'skills/agent-v1/skill.ts': skill('Agent:v1'),
  'skills/agent-v1/SKILL.md': card('agent-v1'),
  'agents/forlorn/agent.ts': agent('forlorn', ['Agent:v1/nobody']),
  'agents/wrong-name/agent.ts': agent('right-name', ['Good:v1']),
  'agents/stranger/agent.ts': agent('stranger', ['Good:v1', 'good:v1'].slice(0, 1).concat('Unknown:v3')),
  'agents/acrobat/agent.ts': agent('acrobat', ['Good:v1/act', 'Good:v1/jump']),
  'agents/orphan/agent.ts': agent('orphan', []).replace('grants:', "extends: ['nobody'], grants:"),
  'agents/chicken/agent.ts': agent('chicken', []).replace('grants:', "extends: ['egg'], grants:"),
  'agents/egg/agent.ts': agent('egg', []).replace('grants:', "extends: ['chicken'], grants:"),
  'agents/limited/agent.ts': agent('limited', [
    'Good:v1/act',
    { grant: 'Good:v1/jump' },
    { grant: 'Good:v1/act', when: { town: { oneOf: ['Oslo'] } } },
    { grant: 'Good:v1', when: { city: { atMost: 5 } } },
  ]),
  'agents/heir/agent.ts': agent('heir', []).replace('grants:', "extends: ['acrobat'], grants:"),
  'agents/needs-broken/agent.ts': agent('needs-broken', ['Good:v1', 'NoLookup:v1']),
  'agents/ungranted/agent.ts': agent('ungranted', []),
  'agents/wrong-action/agent.ts': agent('wrong-action', ['Good:v1'], '{}', 'jump'),
  'agents/wrong-input/agent.ts': agent('wrong-input', ['Good:v1'], '{ town: "Oslo" }'),
  'agents/wrong-reference/agent.ts': agent('wrong-reference', ['Good:v1'], '{ city: "${input.town}" }'),
  'agents/chatty/agent.ts': agent('chatty', []).replace('grants:', "prompts: { plan: 'Be brief.' }, grants:"),
  'agents/chatty/prompts/plan.md': 'Be brief.',
  'agents/muddled/agent.ts': agent('muddled', ['Good:v1']),
  'agents/muddled/prompts/plan.md': '\n',
  'agents/muddled/prompts/planning.md': 'Be brief.',
  'agents/muddled/prompts/verify.md/notes.md': 'Look twice.',
  'agents/muddled/prompts/reason.md': 'x'.repeat(16_001),
  'agents/flat/agent.ts': agent('flat', ['Good:v1']),
  'agents/flat/prompts': 'Be brief.',
  'holdfast.json': JSON.stringify({
    services: [
      { name: 'one', command: 'gone.ts', port: 4710, setting: 'ONE_URL' },
      { name: 'two', command: '../elsewhere.ts', port: 4710, setting: 'TWO_URL' },
    ],
    settings: { TWO_URL: 'http://two' },
  }),
};

describe('a broken project', () => {
  let message: string;
  const told = new Map<string, string[]>();
  beforeAll(async () => {
    const [outcome] = await load(project('broken', broken));
    if (!outcome || !('problems' in outcome)) throw new Error('The broken project was loaded.');
    message = outcome.message;
    for (const problem of outcome.problems) {
      told.set(problem.file, [...(told.get(problem.file) ?? []), describeProblem(problem)]);
    }
  });

  test.each<[file: string, ...said: string[]]>([
    [
      'skills/no-definition-v1/skill.ts',
      'is missing. Given: a folder skills/no-definition-v1 without it. Allowed: skill.ts,',
    ],
    ['skills/syntax-v1/skill.ts', 'is no code that Node can run. Given: SyntaxError: Unexpected token'],
    ['skills/enum-v1/skill.ts', 'TypeScript enum is not supported in strip-only mode (skill.ts, line 1). Allowed:'],
    [
      'skills/throws-v1/skill.ts',
      'fails while it is loaded. Given: TypeError: no such luck (skill.ts, line 2). Allowed:',
    ],
    [
      'skills/missing-package-v1/skill.ts',
      "imports something that is not there. Given: Error: Cannot find package 'not-installed-anywhere'",
    ],
    [
      'skills/no-default-v1/skill.ts',
      'does not export a definition of defineSkill by default. Given: no default export.',
    ],
    [
      'skills/agent-inside-v1/skill.ts',
      'does not export a definition of defineSkill by default. Given: a definition of kind "agent".',
    ],
    [
      'skills/no-lookup-v1/skill.ts',
      'actions.act.timeoutSeconds must be a whole number within its bounds. Given: 0. Allowed: 1 to 840.',
      "actions.act.lookup is missing: class 'Q' promises that the effect can be looked up.",
    ],
    [
      'skills/wrong-folder-v1/skill.ts',
      'id does not fit the name of its folder. Given: "Other:v1" in skills/wrong-folder-v1. Allowed: the folder skills/other-v1.',
    ],
    [
      'skills/good-v1/skill.ts',
      "id is defined twice. Given: 'Good:v1' here and in skills/good-again-v1/skill.ts. Allowed: one skill of each id.",
    ],
    ['skills/good-again-v1/skill.ts', 'id does not fit the name of its folder.'],
    ['skills/no-card-v1/SKILL.md', 'is missing. Given: a folder skills/no-card-v1 without it.'],
    ['skills/plain-card-v1/SKILL.md', 'has no front matter. Given: a file that begins with "# Plain card\\n".'],
    ['skills/yaml-card-v1/SKILL.md', 'front matter is not YAML.'],
    ['skills/mute-card-v1/SKILL.md', 'front matter description is missing or wrong.'],
    [
      'skills/renamed-card-v1/SKILL.md',
      'front matter name is not the name of the folder. Given: "other-card-v1". Allowed: "renamed-card-v1".',
    ],
    [
      'skills/model-v1/skill.ts',
      'id belongs to the platform. Given: "Model:v1". Allowed: any other name; Model:v1 holds the steps in which agents ask their models. Rename the skill and its folder.',
    ],
    [
      'skills/agent-v1/skill.ts',
      'id belongs to the platform. Given: "Agent:v1". Allowed: any other name; Agent:v1 holds the steps in which agents hand a part of their goal to other agents.',
    ],
    [
      'agents/forlorn/agent.ts',
      "grants.0 grants an action that the skill does not have. Given: \"Agent:v1/nobody\". Allowed: 'Agent:v1', 'Agent:v1/acrobat'",
      "playbooks.go.steps.one is not a plan that could run: Agent 'forlorn' is not granted 'Good:v1/act'.",
    ],
    [
      'agents/wrong-name/agent.ts',
      'name does not fit the name of its folder. Given: "right-name" in agents/wrong-name. Allowed: the folder agents/right-name.',
    ],
    [
      'agents/stranger/agent.ts',
      "grants.1 grants a skill that the project does not have. Given: \"Unknown:v3\". Allowed: 'Agent:v1', 'Good:v1',",
    ],
    [
      'agents/acrobat/agent.ts',
      "grants.1 grants an action that the skill does not have. Given: \"Good:v1/jump\". Allowed: 'Good:v1', 'Good:v1/act'. Correct the grant.",
    ],
    [
      'agents/orphan/agent.ts',
      "extends.0 extends 'nobody', which is no agent. Given: 'nobody'. Allowed: 'acrobat', 'chicken', ",
    ],
    ['agents/chicken/agent.ts', "extends.0 extends 'egg', which extends 'chicken' in turn. Given: 'egg'."],
    ['agents/egg/agent.ts', "extends.0 extends 'chicken', which extends 'egg' in turn. Given: 'chicken'."],
    [
      'agents/limited/agent.ts',
      'grants.1 grants an action that the skill does not have. Given: "Good:v1/jump".',
      "grants.2.when.town speaks of an argument that the action does not have. Given: a condition on 'town' of Good:v1/act. Allowed: 'city'.",
      'grants.3.when.city does not fit the type of the argument (atLeast and atMost).',
    ],
    [
      'agents/ungranted/agent.ts',
      "playbooks.go.steps.one is not a plan that could run: Agent 'ungranted' is not granted 'Good:v1/act'.",
    ],
    [
      'agents/wrong-action/agent.ts',
      "playbooks.go.steps.one is not a plan that could run: Good:v1 has no action 'jump'; it has 'act'.",
    ],
    [
      'agents/wrong-input/agent.ts',
      'playbooks.go.steps.one.input.city is not a plan that could run',
      'playbooks.go.steps.one.input is not a plan that could run: Good:v1/act: Unrecognized key: "town"',
    ],
    [
      'agents/wrong-reference/agent.ts',
      "playbooks.go.steps.one.input.city refers to 'town', which the playbook's input does not have there.",
    ],
    [
      'agents/chatty/agent.ts',
      'prompts is no option: prompts are files. Given: an object with plan. Allowed: agents/chatty/prompts/plan.md, ',
    ],
    ['agents/muddled/prompts/plan.md', 'says nothing. Given: nothing but white space. Allowed: 1 to 16000 characters.'],
    [
      'agents/muddled/prompts/planning.md',
      'is no prompt. Given: "planning.md". Allowed: plan.md, revise.md, verify.md, reason.md, compact.md, diagnose.md. Rename it to plan.md',
    ],
    ['agents/muddled/prompts/verify.md', 'is no file. Given: "verify.md".'],
    ['agents/muddled/prompts/reason.md', 'is too long. Given: 16001 characters.'],
    [
      'agents/flat/prompts',
      'is no folder. Given: something else with the name prompts. Allowed: a folder with plan.md',
    ],
    [
      'holdfast.json',
      'services.0.command is no script that is there. Given: gone.ts.',
      'services.1.command is outside of the project.',
      'services.1.port is used by two services. Given: 4710.',
      'services.1.setting is set twice. Given: TWO_URL.',
    ],
  ])('is told about %s, with all that is wrong there and nothing else', (file, ...said) => {
    expect(told.get(file)).toEqual(said.map((line) => expect.stringContaining(line)));
    for (const line of told.get(file) ?? []) expect(line).toMatch(/ Given: .+ Allowed: .+\. .+\.$/s);
  });

  test('is told about nothing that is sound, and of a skill that cannot be loaded only once', () => {
    expect([...told.keys()].filter((file) => /^agents\/(?:needs-broken|heir)\//.test(file))).toEqual([]);
    expect([...told].flatMap(([, lines]) => lines)).toHaveLength(message.split('\n    - ').length - 1);
  });
});

test.each<[name: string, files: Readonly<Record<string, string>>, file: string, said: string]>([
  ['empty', {}, '.', 'is an empty project. Given: neither skills/<folder> nor agents/<name>.'],
  ['json', { ...good, 'holdfast.json': '{ services' }, 'holdfast.json', 'is not JSON. Given: '],
  [
    'typo',
    { ...good, 'holdfast.json': '{"service":[]}' },
    'holdfast.json',
    'is wrong. Given: Unrecognized key: "service". Allowed: services:',
  ],
  [
    'port',
    { ...good, 'holdfast.json': '{"services":[{"name":"a","command":"a.ts","port":0,"setting":"A"}]}' },
    'holdfast.json',
    'services.0.port is wrong.',
  ],
])('the project "%s" is refused', async (name, files, file, said) => {
  const [outcome] = await load(project(name, files));
  expect(outcome).toMatchObject({ problems: [{ file }] });
  expect((outcome as { message: string }).message).toContain(said);
});

test('a folder that does not exist, and a file, are no projects', async () => {
  const outcomes = await load(join(scratch, 'nowhere'), join(repository, 'package.json'));
  expect(outcomes).toMatchObject([
    { message: expect.stringContaining('does not exist. Given: ') },
    { message: expect.stringContaining('is not a folder. Given: ') },
  ]);
});
