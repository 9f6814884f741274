import { MemoryBlobStore, MemoryEffectLedger, MemoryRunStore } from '../../core/adapters/memory/index.ts';
import { openCedarAuthorizer } from '../../core/adapters/cedar/index.ts';
import { compilePolicies } from '../../core/authz/compile-policies.ts';
import type { SkillFunctions } from '../../core/authz/catalogue.ts';
import { hasModels, withModels } from '../../core/authz/with-models.ts';
import { withDelegation } from '../../core/authz/with-delegation.ts';
import { limits } from '../../core/contract/limits.ts';
import type { DecideEvent, DecideResult, RunIdentity, StepRequest } from '../../core/contract/machine.ts';
import type { Json } from '../../core/model/json.ts';
import { AddressRefused } from '../../core/model/failure.ts';
import { whyNotPublic } from '../../core/model/public-address.ts';
import type { RunHead, RunRequest } from '../../core/model/run.ts';
import type { AgentDefinition, Completed, NextSteps, Registry, SkillDefinition } from '../../core/model/skill.ts';
import type { StepOutcome } from '../../core/model/step.ts';
import { createAdvance } from '../../core/operations/advance-run.ts';
import { agentSkill } from '../../core/operations/agent-skill.ts';
import { pursueChild } from '../../core/operations/child-run.ts';
import { executeStep } from '../../core/operations/execute-step.ts';
import { modelSkill } from '../../core/operations/model-skill.ts';
import type { ModelStepOutput } from '../../core/operations/model-skill.ts';
import { loadValue } from '../../core/operations/stored-value.ts';
import type { Authorizer } from '../../core/ports/authorizer.ts';
import type { Clock, Http, Ports } from '../../core/ports/index.ts';
import { CountingIds } from '../fixtures/counting-ids.ts';
import type { Deployment } from './attack.ts';
import { fixtureAgents, fixturePolicies } from './fixture/agents.ts';
import { fixtureSkills } from './fixture/skills.ts';
import { World } from './fixture/world.ts';
import { addressOf } from './fixture/names.ts';
import { memoryReach } from '../fixtures/memory-reach.ts';

export const releases = ['1.0.0', '1.1.0'] as const;
export type Release = (typeof releases)[number];

type Decide = (event: DecideEvent) => Promise<DecideResult>;
type Releases = Readonly<Record<Release, Registry>>;

/** A clock that stands where it is put. A sleeper wakes when it is told to only. */
export class StandingClock implements Clock {
  nowMs = 0;

  now(): number {
    return this.nowMs;
  }

  sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}

/** What is attacked: the project, its policies compiled, and the network around it. */
export interface Site {
  readonly registries: Releases;
  /** The same with models, for runs that have only a goal, and whatever these do. */
  readonly thinking?: Readonly<Record<Exclude<Deployment, 'plain'>, Releases>>;
  readonly authorizer: Authorizer;
  readonly http: Http;
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** What one thread needs once: the world, the skills in two releases, and the policies compiled. */
export class FixtureSite implements Site {
  readonly world = new World();
  /** What the playbook of every agent answers. */
  script: (completed: Completed) => NextSteps = () => ({ steps: [], done: true });
  /** What the model answers next. */
  thought: ModelStepOutput | undefined;
  readonly registries: Releases;
  readonly thinking: NonNullable<Site['thinking']>;
  readonly authorizer: Authorizer;
  readonly http: Http;
  readonly settings = {};
  readonly secrets = {};

  constructor() {
    this.http = outsideHttp(this.world);
    const agents = new Map(fixtureAgents((completed) => this.script(completed)).map((agent) => [agent.name, agent]));
    const model = modelSkill(async () => {
      if (!this.thought) throw new Error('The model was asked, and nobody has said what it answers.');
      return this.thought;
    });
    const skills = (release: Release) => new Map(fixtureSkills(this.world, release).map((skill) => [skill.id, skill]));
    const known = { '1.0.0': skills('1.0.0'), '1.1.0': skills('1.1.0') };
    const deployed = (models: readonly string[], habits: Partial<AgentDefinition>): Releases => {
      const withHabits = new Map([...agents].map(([name, agent]) => [name, { ...agent, ...habits }] as const));
      const registry = (release: Release): Registry => {
        const thinking = withModels({ skills: known[release], agents: withHabits }, models, model);
        return withDelegation(thinking, agentSkill(thinking));
      };
      return { '1.0.0': registry('1.0.0'), '1.1.0': registry('1.1.0') };
    };
    const models = ['openai:obedient'];
    this.registries = deployed([], {});
    this.thinking = {
      incremental: deployed(models, { planning: 'incremental' }),
      verified: deployed(models, { planning: 'incremental', verify: true }),
      upfront: deployed(models, { planning: 'upfront', verify: true }),
    };
    const policies = compilePolicies(this.thinking.incremental['1.0.0']);
    this.authorizer = openCedarAuthorizer(policies, fixturePolicies, { cachedDecisions: 20_000 });
  }
}

/** The engine over memory: Decide and skill hosts, without state machines between them. */
export class AttackedPlatform {
  readonly clock = new StandingClock();
  readonly ports: Ports;
  readonly functions: SkillFunctions = { arnOf: (id) => `arn:${id}:1` };
  readonly site: Site;
  /** Executions that were started, in order. Whoever plays the attack takes them. */
  readonly started: RunIdentity[] = [];
  readonly #ids = new CountingIds();
  readonly #deciding = new Map<string, Decide>();
  readonly #handing = new Map<string, Handing>();

  constructor(site: Site) {
    this.site = site;
    this.ports = {
      runs: new MemoryRunStore(),
      ledger: new MemoryEffectLedger(),
      blobs: new MemoryBlobStore(),
      engine: {
        start: async (identity) => {
          this.started.push(identity);
          return 'started';
        },
        succeedTask: async () => 'settled',
      },
      http: site.http,
      ...memoryReach(site.secrets),
      clock: this.clock,
      ids: this.#ids,
    };
  }

  /** The functions begin anew and remember nothing. */
  coldStart(): void {
    this.#deciding.clear();
  }

  registry(release: Release, deployment: Deployment = 'plain'): Registry {
    const { registries, thinking } = this.site;
    return (deployment === 'plain' ? registries : (thinking?.[deployment] ?? registries))[release];
  }

  skill(id: string, release: Release): SkillDefinition | undefined {
    return this.registry(release, 'incremental').skills.get(id);
  }

  /** Whether a model may speak for an agent. */
  thinks(agent: string, deployment: Deployment): boolean {
    return hasModels(this.registry(releases[0], deployment).agents.get(agent));
  }

  /** Decide, of a deployment with skills of that release. */
  advance(event: DecideEvent, release: Release, deployment: Deployment = 'plain'): Promise<DecideResult> {
    const key = `${deployment} ${release}`;
    const { ports, functions } = this;
    const { authorizer } = this.site;
    const made = (): Decide => {
      const registry = this.registry(release, deployment);
      return createAdvance({ ports, registry, functions, authorizer, limits: limits.parse({}), epoch: undefined });
    };
    return kept(this.#deciding, key, made)(event);
  }

  /** A run that waits for its first plan. */
  async createRun(
    order: Pick<RunRequest, 'tenantId' | 'agent' | 'input' | 'untrusted' | 'playbook'> & Partial<RunRequest>,
  ): Promise<RunIdentity> {
    const { tenantId, agent } = order;
    const runId = `run-${this.#ids.ulid()}`;
    const nowMs = this.clock.now();
    const request: RunRequest = {
      ...{ runId, goal: 'Do as the planner says.', labels: {}, requestedBy: 'harness', budget: {}, ...order },
      createdAtMs: nowMs,
    };
    const head: RunHead = {
      ...{ tenantId, runId, agent, status: 'pending', generation: 1, version: 1, writeToken: this.#ids.token() },
      ...{ revision: 0, window: [], stepsRetired: 0, burstsInGeneration: 0, lost: {}, occurrences: {} },
      ...{ deadlineMs: nowMs + 10 * 365 * 86_400_000, createdAtMs: nowMs, updatedAtMs: nowMs },
    };
    await this.ports.runs.createRun(request, head);
    return { tenantId, runId, agent, generation: 1 };
  }

  /** An output that was too large to travel with its outcome. */
  async outputOf({ tenantId, skill, runId, stepId, direction }: StepRequest): Promise<Json> {
    const item = await this.ports.ledger.read({ tenantId, skill, runId, stepId, direction });
    return item?.status === 'DONE' ? loadValue(item.result, this.ports.blobs) : null;
  }

  /** Hands an order to the function of a skill, whatever the order says. */
  async execute(request: StepRequest, skill: SkillDefinition): Promise<StepOutcome> {
    const { authorizer, settings } = this.site;
    const worker = { epoch: undefined, deadlineMs: this.clock.now() + 150_000, settings, authorizer };
    return executeStep(request, skill, this.ports, worker);
  }

  /** Hands an order to the function that begins runs of other agents. */
  pursue(request: StepRequest, release: Release, deployment: Deployment): Promise<StepOutcome> {
    const { ports, functions, site } = this;
    const made = (): Handing => {
      const registry = this.registry(release, deployment);
      const dependencies = { ports, registry, functions, authorizer: site.authorizer };
      const handing: Handing = {
        request,
        // Made once, for what it says of agents is long; what it does depends on the order.
        skill: agentSkill(registry, (agent) => (handedOn: never, ending, context) => {
          return pursueChild(handing.request, dependencies)(agent)(handedOn, ending, context);
        }),
      };
      return handing;
    };
    const handing = kept(this.#handing, `${deployment} ${release}`, made);
    handing.request = request;
    return this.execute(request, handing.skill);
  }
}

/** The function that begins runs, and what it is asked for now. */
interface Handing {
  request: StepRequest;
  readonly skill: SkillDefinition;
}

function kept<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** The network of the fixture: names that lead where they should not, and answers that send elsewhere. */
function outsideHttp(world: World): Http {
  return {
    fetch: async (url, _init, addresses) => {
      const { hostname, pathname, search } = new URL(url);
      const address = addressOf(hostname, world.random);
      if (address === undefined) throw new TypeError('fetch failed');
      // As the adapter of the network does it; the oracle is told of every connection that is made.
      const why = addresses === 'public' ? whyNotPublic(address) : undefined;
      if (why !== undefined) throw new AddressRefused(hostname, address, why);
      world.connections.push({ skill: world.skill, url, address });
      if (pathname === '/to') return new Response(null, { status: 302, headers: { location: search.slice(1) } });
      if (pathname === '/loop') return new Response(null, { status: 307, headers: { location: '/loop' } });
      return new Response('page');
    },
  };
}
