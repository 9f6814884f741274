import { ArnFormat, CfnOutput, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { modelsFrom } from '../../core/authz/with-models.ts';
import { env } from '../../core/contract/env.ts';
import type { Limits } from '../../core/contract/limits.ts';
import { agentSkillId } from '../../core/model/agent-step.ts';
import { modelSkillId } from '../../core/model/model-step.ts';
import { skillFolder } from '../../core/model/names.ts';
import type { PlatformFunction } from '../bundle/bundles.ts';
import { AgentMachines } from '../constructs/agent-machines.ts';
import { BundledFunction } from '../constructs/bundled-function.ts';
import { DeadRuns } from '../constructs/dead-runs.ts';
import { alarmWhenNobodyAnswers, defaultEscalationAlarmHours } from '../constructs/escalation-age-alarm.ts';
import { ExportSpans, exportSeconds } from '../constructs/export-spans.ts';
import type { SpanExportSettings } from '../constructs/export-spans.ts';
import { feedInbox } from '../constructs/feed-inbox.ts';
import { FrontDoor } from '../constructs/front-door.ts';
import { grantResolution, grantStart } from '../constructs/grant-engine.ts';
import { grantRedrive } from '../constructs/grant-redrive.ts';
import type { InboxQueue } from '../constructs/inbox-queue.ts';
import { inboxSeconds } from '../constructs/inbox-queue.ts';
import { NotifyPeople, notifySeconds } from '../constructs/notify-people.ts';
import type { NotificationSettings } from '../constructs/notify-people.ts';
import { PrincipalPool } from '../constructs/principal-pool.ts';
import { grantMail, grantSecrets } from '../constructs/grant-reach.ts';
import type { MailSender } from '../constructs/grant-reach.ts';
import { SkillFunction } from '../constructs/skill-function.ts';
import { ThinkFunction } from '../constructs/think-function.ts';
import type { ThinkSettings } from '../constructs/think-function.ts';
import { SweepSchedule, sweepSeconds } from '../constructs/sweep-schedule.ts';
import type { TokenIssuer } from '../constructs/token-issuer.ts';
import type { ResourceNames } from '../names.ts';
import type { AgentManifest, Project } from '../project.ts';
import type { DataStack } from './data-stack.ts';

export interface PlatformStackProps extends StackProps {
  readonly names: ResourceNames;
  readonly project: Project;
  readonly stored: DataStack;
  /** Where `npm run bundle` wrote the functions. */
  readonly bundleDir: string;
  /** Folder with the two state machine definitions. */
  readonly definitionsDir: string;
  /** Values of the settings that skills declare, by name. Not for secrets. */
  readonly settings: Readonly<Record<string, string>>;
  /** @default none, which is an error when a skill sends mail */
  readonly mail?: MailSender;
  /** Language models for agents that name none, in the order in which they are asked. @default none */
  readonly models?: readonly string[];
  /** How models are asked and paid for. */
  readonly thinking?: ThinkSettings;
  /** @default a Cognito user pool of this stack */
  readonly tokenIssuer?: TokenIssuer;
  /** @default the defaults of core/contract/limits.ts */
  readonly limits?: Partial<Limits>;
  /** Who is told when a run needs a person. @default nobody */
  readonly notifications?: NotificationSettings;
  /** Where the spans of finished runs are pushed to. @default nowhere */
  readonly spans?: SpanExportSettings;
  /** Hours that an inbox item may wait before an alarm rings. @default 4 */
  readonly escalationAlarmHours?: number;
  /** Requests per second to the HTTP API. @default 100 a second, 200 at once */
  readonly throttle?: { readonly rateLimit: number; readonly burstLimit: number };
}

/** Below the 30 s at which an HTTP API gives up. */
const apiSeconds = 29;
const decideSeconds = 30;
/** One look at a run of another agent, and what lies around it. */
const delegateSeconds = 40;

/** Everything that runs: functions, the state machines of each agent, the API and the inbox. */
export class PlatformStack extends Stack {
  readonly frontDoor: FrontDoor;
  readonly tokenIssuer: TokenIssuer;
  /** Undefined where tokens come from elsewhere. */
  readonly principals: PrincipalPool | undefined;

  constructor(scope: Construct, id: string, props: PlatformStackProps) {
    super(scope, id, props);
    const { names, project, stored, bundleDir, definitionsDir, settings } = props;
    const { table, blobs, escalations, deadLetters } = stored;
    // The functions build every port, also those that they have no right to use.
    const environment: Record<string, string> = {
      [env.table]: table.table.tableName,
      [env.bucket]: blobs.bucket.bucketName,
      [env.runMachineArnPrefix]: this.#arnPrefix('states', 'stateMachine', names.runMachinePrefix),
    };
    const own = (name: PlatformFunction, description: string, timeoutSeconds: number): BundledFunction =>
      new BundledFunction(this, name, {
        functionName: names.own(name),
        description,
        bundleDir,
        bundle: name,
        timeoutSeconds,
        environment,
      });

    const skills = project.skills.map((skill) => {
      const fn = new SkillFunction(this, `Skill-${skill.folder}`, { names, bundleDir, skill, settings });
      table.grantOwnLedger(fn, skill.id);
      blobs.grantSkill(fn, skill.id);
      if (skill.dependency !== undefined) table.grantOwnBreaker(fn, skill.dependency);
      if (skill.uses.includes('store')) table.grantOwnDocuments(fn, skill.id);
      if (skill.uses.includes('mail')) grantMail(fn, props.mail);
      if (skill.secrets.length > 0) grantSecrets(fn, names);
      return fn;
    });

    const platformModels = modelsFrom(props.models?.join(','));
    const modelsOf = (agent: AgentManifest): readonly string[] => agent.models ?? platformModels;
    const models = [...new Set(project.agents.flatMap(modelsOf))];
    if (platformModels.length > 0) environment[env.models] = platformModels.join(',');
    const think = models.length === 0 ? undefined : this.#think(props, models, environment);

    const delegate = this.#delegate(props, environment);

    const decide = own('decide', 'Decides what a run does next', decideSeconds);
    table.grantDecide(decide);
    blobs.grantDecide(decide);
    const machinesOf = (agents: readonly AgentManifest[]): string[] =>
      agents.map(({ name }) => this.#runMachineArn(names, name));
    // Their runs are woken when one that they have begun is over.
    grantStart(decide, machinesOf(project.agents.filter(({ handsOnTo }) => handsOnTo.length > 0)));
    // Whoever closes an inbox item lets go what waits for it.
    grantResolution(decide, machinesOf(project.agents));
    this.#tellSkillVersions(decide, names, skills, { [modelSkillId]: think, [agentSkillId]: delegate });
    if (props.limits) decide.addEnvironment(env.limits, JSON.stringify(props.limits));

    const machines = project.agents.map(
      (agent) =>
        new AgentMachines(this, `Agent-${agent.name}`, {
          names,
          definitionsDir,
          agent: agent.name,
          escalations: escalations.queue,
          decide: decide.currentVersion,
          skills: [
            ...skills.filter((fn) => agent.skills.includes(fn.skill.id)),
            ...(think && modelsOf(agent).length > 0 ? [think] : []),
            ...(delegate && agent.handsOnTo.length > 0 ? [delegate] : []),
          ],
        }),
    );

    this.tokenIssuer = props.tokenIssuer ?? new PrincipalPool(this, 'Principals', { names, bundleDir });
    this.principals = this.tokenIssuer instanceof PrincipalPool ? this.tokenIssuer : undefined;
    const api = own('api', 'The HTTP API', apiSeconds);
    table.grantApi(api);
    table.grantReadSpend(api);
    if (delegate) table.grantSpend(api);
    blobs.grantApi(api);
    this.#tellSkillVersions(api, names, skills, { [modelSkillId]: think, [agentSkillId]: delegate });
    const runMachines = machines.map(({ run }) => run.stateMachineArn);
    grantStart(api, runMachines);
    grantResolution(api, runMachines);
    this.frontDoor = new FrontDoor(this, 'FrontDoor', {
      names,
      api,
      tokenIssuer: this.tokenIssuer,
      ...(props.throttle ? { throttle: props.throttle } : {}),
    });

    const inbox = own('inbox', 'Opens escalations and restarts runs that died', inboxSeconds);
    table.grantInbox(inbox);
    grantStart(inbox, runMachines);
    grantResolution(inbox, runMachines);
    feedInbox(inbox, [escalations, deadLetters]);
    new DeadRuns(this, 'DeadRuns', { names, deadLetters });

    const sweep = own('sweep', 'Finds runs that stopped moving', sweepSeconds);
    table.grantSweep(sweep);
    grantStart(sweep, runMachines);
    grantResolution(sweep, runMachines);
    new SweepSchedule(this, 'Sweep', { names, sweep });
    const alarmHours = props.escalationAlarmHours ?? defaultEscalationAlarmHours;
    alarmWhenNobodyAnswers(this, 'EscalationWaits', names, alarmHours);

    const redriven: Record<string, InboxQueue> = { escalations, 'dead-letters': deadLetters };
    if (props.notifications) {
      const notify = own('notify', 'Tells people of inbox items', notifySeconds);
      const people = new NotifyPeople(this, 'People', { names, notify, settings: props.notifications });
      for (const fn of [inbox, sweep]) people.grantNotify(fn);
      redriven['notifications'] = people.inbox;
    }
    if (props.spans) {
      const exporter = own('export-spans', 'Pushes the spans of finished runs', exportSeconds);
      table.grantReadTrace(exporter);
      blobs.grantReadResults(exporter);
      redriven['ended-runs'] = new ExportSpans(this, 'Spans', { names, exporter, settings: props.spans }).inbox;
    }
    grantRedrive(api, redriven);

    if (props.limits) {
      for (const fn of [inbox, sweep]) fn.addEnvironment(env.limits, JSON.stringify(props.limits));
    }

    new CfnOutput(this, 'Address', {
      value: this.frontDoor.httpApi.apiEndpoint,
      description: 'Address of the HTTP API',
    });
  }

  #think(
    { names, bundleDir, stored, thinking: settings = {} }: PlatformStackProps,
    models: readonly string[],
    environment: Readonly<Record<string, string>>,
  ): ThinkFunction {
    const think = new ThinkFunction(this, 'think', {
      ...{ names, bundleDir, models, settings, environment },
    });
    stored.table.grantOwnLedger(think, modelSkillId);
    stored.table.grantSpend(think);
    stored.table.grantBreakers(think);
    stored.blobs.grantSkill(think, modelSkillId);
    return think;
  }

  /** The function of steps that hand a part of a goal to another agent; only where an agent may do so. */
  #delegate({ names, project, bundleDir, stored }: PlatformStackProps, environment: Readonly<Record<string, string>>) {
    const children = [...new Set(project.agents.flatMap(({ handsOnTo }) => handsOnTo))].toSorted();
    if (children.length === 0) return undefined;
    const delegate = new BundledFunction(this, 'delegate', {
      functionName: names.skillFunction(skillFolder(agentSkillId)),
      description: 'Hands parts of goals to other agents',
      bundleDir,
      bundle: 'delegate',
      timeoutSeconds: delegateSeconds,
      environment,
    });
    stored.table.grantOwnLedger(delegate, agentSkillId);
    stored.table.grantDelegate(delegate);
    stored.blobs.grantSkill(delegate, agentSkillId);
    stored.blobs.grantReadResults(delegate);
    const childMachines = children.map((agent) => this.#runMachineArn(names, agent));
    grantStart(delegate, childMachines);
    grantResolution(delegate, childMachines);
    return delegate;
  }

  #runMachineArn(names: ResourceNames, agent: string): string {
    return this.#arnPrefix('states', 'stateMachine', names.runMachine(agent));
  }

  /** Plans record version-qualified functions, so that a deployment changes no step that was already planned. */
  #tellSkillVersions(
    fn: BundledFunction,
    names: ResourceNames,
    skills: readonly SkillFunction[],
    platformSkills: Readonly<Record<string, BundledFunction | undefined>>,
  ): void {
    const prefix = this.#arnPrefix('lambda', 'function', names.skillFunctionPrefix);
    const versions = {
      ...Object.fromEntries(skills.map((skill) => [skill.skill.id, skill.currentVersion.version])),
      ...Object.fromEntries(
        Object.entries(platformSkills).flatMap(([id, one]) => (one ? [[id, one.currentVersion.version]] : [])),
      ),
    };
    fn.addEnvironment(env.skillFunctionArnPrefix, prefix);
    fn.addEnvironment(env.skillFunctionVersions, this.toJsonString(versions));
  }

  #arnPrefix(service: string, resource: string, resourceName: string): string {
    return this.formatArn({ service, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  }
}
