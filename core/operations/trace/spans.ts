import type { OtlpSpan } from '../../contract/trace-api.ts';
import { agentSkillId, childRunId } from '../../model/agent-step.ts';
import { modelSkillId } from '../../model/model-step.ts';
import { isFinal } from '../../model/run.ts';
import type { RunHead, RunRequest } from '../../model/run.ts';
import type { TraceEvent } from '../../model/trace.ts';
import type { RunRef } from '../../ports/index.ts';
import { attributesOf, bounded, cut, nanosecondsOf, ownAttributes, spanIdOf, traceIdOf } from './span-parts.ts';

/** https://github.com/open-telemetry/opentelemetry-proto: SpanKind and StatusCode. */
const kinds = { internal: 1, client: 3 } as const;
const codes = { unset: 0, ok: 1, error: 2 } as const;

/** The root of a run's trace: the invocation of its agent. Of a run that is not over it ends where it stands. */
export function runSpan(head: RunHead, request: RunRequest): OtlpSpan {
  const { tenantId, runId, agent, status, createdAtMs, updatedAtMs, ending } = head;
  const { goal, playbook, requestedBy, parent } = request;
  const above = parent && { tenantId, runId: parent.runId };
  const link = above && {
    ...{ traceId: traceIdOf(above), spanId: spanIdOf(above, stepKey(agentSkillId, parent.stepId, parent.occurrence)) },
    attributes: attributesOf({ 'holdfast.link': 'handed on by' }),
  };
  const failed = isFinal(status) && status !== 'completed';
  return bounded({
    ...{ traceId: traceIdOf(head), spanId: spanIdOf(head, 'run'), name: `invoke_agent ${agent}`, kind: kinds.internal },
    ...times(createdAtMs, updatedAtMs),
    attributes: attributesOf({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': agent,
      'gen_ai.conversation.id': runId,
      'holdfast.run.id': runId,
      'holdfast.tenant.id': tenantId,
      'holdfast.run.status': status,
      'holdfast.run.goal': goal === '' ? undefined : goal,
      'holdfast.run.playbook': playbook,
      'holdfast.run.requested_by': requestedBy,
      'error.type': failed ? status : undefined,
    }),
    events: [],
    links: link ? [link] : [],
    status: failed
      ? { code: codes.error, message: ending ?? status }
      : { code: status === 'completed' ? codes.ok : codes.unset },
  });
}

/** The spans of one plan revision: itself with its decisions as span events, its steps, and the calls of models. */
export function revisionSpans(run: RunRef, agent: string, events: readonly TraceEvent[]): OtlpSpan[] {
  const [first] = events;
  const last = events.at(-1);
  if (!first || !last) return [];
  const own = `revision ${first.revision}`;
  const decisions = events.filter(({ type }) => !type.startsWith('step.') && type !== 'model.called');
  const revision = bounded({
    ...base(run, own, 'run', first.revision === 0 ? 'before the first plan' : own),
    ...times(atMs(first), Math.max(...events.map(endMs))),
    attributes: attributesOf({ 'holdfast.plan.revision': first.revision, 'gen_ai.agent.name': agent }),
    events: decisions.map((event) => {
      const { seq: _seq, at: _at, revision: _revision, type, ...members } = event;
      return {
        timeUnixNano: nanosecondsOf(atMs(event)),
        name: `holdfast.${type}`,
        attributes: ownAttributes(members, `holdfast.${type}`),
      };
    }),
    links: [],
    status: { code: codes.unset },
  });
  const ofSteps = events.filter(isOfStep);
  const occurrences = new Map<string, number>();
  const keyOf = (skill: string, stepId: string): string =>
    stepKey(skill, stepId, occurrences.get(`${skill}/${stepId}`) ?? 1);
  const steps = Map.groupBy(ofSteps, (event) => {
    const { skill, stepId } = event;
    if (event.type === 'step.scheduled') occurrences.set(`${skill}/${stepId}`, event.occurrence);
    return keyOf(skill, stepId);
  });
  const calls = events.filter((event) => event.type === 'model.called');
  return [
    revision,
    ...[...steps].map(([key, told]) => stepSpan(run, key, own, told)),
    ...calls.map((call, index) => callSpan(run, call, keyOf(modelSkillId, call.stepId), calls.slice(0, index))),
  ];
}

type StepEvent = Extract<TraceEvent, { readonly skill: string; readonly stepId: string }>;

function isOfStep(event: TraceEvent): event is StepEvent {
  return 'skill' in event && 'stepId' in event && !event.type.startsWith('approval.');
}

/** Each try of a step has a span of its own. */
function stepKey(skill: string, stepId: string, occurrence: number): string {
  return `step ${skill}/${stepId}${occurrence === 1 ? '' : ` ${occurrence}`}`;
}

function stepSpan(run: RunRef, key: string, revision: string, events: readonly StepEvent[]): OtlpSpan {
  const [first] = events as readonly [StepEvent, ...StepEvent[]];
  const { skill, action, stepId } = first;
  const begun = events.find((event) => event.type === 'step.scheduled');
  const ends = events.find((event) => event.type === 'step.completed');
  const failed = events.findLast((event) => event.type === 'step.failed' || event.type === 'effect.inDoubt');
  const isTool = skill !== modelSkillId;
  const child =
    skill === agentSkillId && begun ? { tenantId: run.tenantId, runId: childRunId(begun.effectKey) } : undefined;
  return bounded({
    ...base(run, key, revision, isTool ? `execute_tool ${skill}/${action}` : `model step ${action}`),
    ...times(atMs(first), Math.max(...events.map(atMs))),
    attributes: attributesOf({
      'gen_ai.operation.name': isTool ? 'execute_tool' : undefined,
      'gen_ai.tool.name': isTool ? `${skill}/${action}` : undefined,
      'gen_ai.tool.type': isTool ? 'function' : undefined,
      'gen_ai.tool.call.id': isTool ? begun?.effectKey : undefined,
      'holdfast.step.id': stepId,
      'holdfast.step.undoes': first.undoes,
      'holdfast.step.why': begun?.why,
      'holdfast.step.wave': begun?.wave,
      'holdfast.step.occurrence': begun?.occurrence,
      'holdfast.step.attempts': ends?.attempts,
      'holdfast.step.trust': ends?.trust,
      'holdfast.step.output_sha256': ends?.outputHash,
      'error.type': ends ? undefined : failed?.failure.class,
    }),
    events: events
      .filter((event) => event !== begun && event !== ends)
      .map((event) => {
        const {
          seq: _seq,
          at: _at,
          revision: _revision,
          type,
          skill: _skill,
          action: _action,
          stepId: _id,
          ...members
        } = event;
        return {
          timeUnixNano: nanosecondsOf(atMs(event)),
          name: `holdfast.${type}`,
          attributes: ownAttributes(members, `holdfast.${type}`),
        };
      }),
    links: child
      ? [
          {
            traceId: traceIdOf(child),
            spanId: spanIdOf(child, 'run'),
            attributes: attributesOf({ 'holdfast.link': 'handed on to' }),
          },
        ]
      : [],
    status: statusOf(ends !== undefined, failed?.failure.message),
  });
}

function statusOf(done: boolean, message: string | undefined): OtlpSpan['status'] {
  if (done) return { code: codes.ok };
  return message === undefined ? { code: codes.unset } : { code: codes.error, message: message.slice(0, 1_000) };
}

type CallEvent = Extract<TraceEvent, { type: 'model.called' }>;

/** @param step key of the step that has made it */
function callSpan(run: RunRef, call: CallEvent, step: string, before: readonly CallEvent[]): OtlpSpan {
  const { stepId, model, purpose, ending, problems, usage, latencyMs, prompt, raw, reasoning, usdMicros, promptHash } =
    call;
  const number = before.filter((one) => one.stepId === stepId).length + 1;
  const counted = typeof usage === 'object' && usage !== null && !Array.isArray(usage) ? usage : {};
  const tokens = (name: string): number | undefined => (typeof counted[name] === 'number' ? counted[name] : undefined);
  const failed = ending === 'failed';
  return bounded({
    ...base(run, `${step} call ${number}`, step, `chat ${model}`),
    kind: kinds.client,
    ...times(atMs(call), atMs(call) + latencyMs),
    attributes: attributesOf({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': providerOf(model),
      'gen_ai.request.model': model,
      'gen_ai.conversation.id': run.runId,
      'gen_ai.usage.input_tokens': tokens('inputTokens'),
      'gen_ai.usage.cache_read.input_tokens': tokens('cachedInputTokens'),
      'gen_ai.usage.cache_creation.input_tokens': tokens('cacheWriteTokens'),
      'gen_ai.usage.output_tokens': tokens('outputTokens'),
      'gen_ai.response.finish_reasons': [ending],
      'gen_ai.input.messages': messages('user', prompt),
      'gen_ai.output.messages': raw === '' ? undefined : messages('assistant', raw),
      'holdfast.model.reasoning': reasoning === '' ? undefined : reasoning,
      'holdfast.model.purpose': purpose,
      'holdfast.model.prompt_sha256': promptHash,
      'holdfast.model.problems': problems.length === 0 ? undefined : problems,
      'holdfast.model.usd_micros': usdMicros,
      'error.type': failed ? 'failed' : undefined,
    }),
    events: [],
    links: [],
    status: failed ? statusOf(false, problems[0] ?? 'the call failed') : { code: codes.ok },
  });
}

/** As the conventions write a conversation. A long text is cut within it, so that it stays JSON. */
function messages(role: string, content: string): string {
  return JSON.stringify([{ role, parts: [{ type: 'text', content: cut(content, 8 * 1024) }] }]);
}

const providers: Readonly<Record<string, string>> = {
  bedrock: 'aws.bedrock',
  anthropic: 'anthropic',
  openai: 'openai',
};

/** Models are named `<provider>/<model>`. */
function providerOf(model: string): string {
  const provider = model.split(/[/:]/)[0] ?? model;
  return providers[provider] ?? provider;
}

function base(run: RunRef, key: string, parent: string, name: string) {
  return {
    ...{ traceId: traceIdOf(run), spanId: spanIdOf(run, key), parentSpanId: spanIdOf(run, parent) },
    ...{ name, kind: kinds.internal as number },
  };
}

function times(startMs: number, endAtMs: number): Pick<OtlpSpan, 'startTimeUnixNano' | 'endTimeUnixNano'> {
  return { startTimeUnixNano: nanosecondsOf(startMs), endTimeUnixNano: nanosecondsOf(Math.max(startMs, endAtMs)) };
}

function atMs({ at }: TraceEvent): number {
  return Date.parse(at);
}

function endMs(event: TraceEvent): number {
  return event.type === 'model.called' ? atMs(event) + event.latencyMs : atMs(event);
}
