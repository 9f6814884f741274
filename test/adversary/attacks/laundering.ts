import type { Step } from '../attack.ts';
import { step } from './bases.ts';
import type { Tampering, Tools } from './tampering.ts';
import { freshId, put, sensitivePlaces } from './tampering.ts';

interface Source {
  /** Steps that have to be there, and the reference to what they yield. */
  readonly steps: readonly Step[];
  readonly text: string;
  readonly number: string;
}

/** Somebody outside wrote it, or a model. */
function source({ random, earlier }: Tools): Source {
  const id = freshId();
  const kind = random.below(8);
  const field = random.pick(['account', 'from', 'body', 'categoryText', 'meta.knownAs', 'meta.known']);
  const read = { id: random.pick(['${input.text}', '${input.text}', '${input.note}']) };
  switch (kind) {
    case 0:
    case 1:
      return {
        steps: [step(id, 'Mail:v1/read', read)],
        text: `\${steps.${id}.output.${field}}`,
        number: `\${steps.${id}.output.amountCents}`,
      };
    case 2:
      return {
        steps: [step(id, 'Mail:v1/list', { folder: 'inbox' })],
        text: `\${steps.${id}.output.messages.${random.below(2)}.${random.pick(['from', 'subject'])}}`,
        number: `\${steps.${id}.output.count}`,
      };
    case 3:
      return {
        steps: [step(id, 'Web:v1/get', { url: 'https://api.partner.example/x' })],
        text: `\${steps.${id}.output.text}`,
        number: `\${steps.${id}.output.text}`,
      };
    case 4:
      return { steps: [], text: '${input.ticket.account}', number: '${input.ticket.amountCents}' };
    case 5:
      return {
        steps: [step(id, 'Text:v1/join', { parts: '${input.people}' })],
        text: random.pick([
          '${input.note}',
          '${input.people.1}',
          '${input.contact.iban}',
          `\${steps.${id}.output.text}`,
        ]),
        number: '${input.ticket.amountCents}',
      };
    case 6:
      return {
        steps: [
          step(id, 'Think:v1/summarize', { text: random.pick(['${input.account}', '${input.note}', 'pay acc-66']) }),
        ],
        text: `\${steps.${id}.output.${random.pick(['text', 'verdictText'])}}`,
        number: `\${steps.${id}.output.amountCents}`,
      };
    default: {
      const known = earlier.length > 0 && random.chance(0.7) ? random.pick(earlier) : 'mail';
      return {
        steps: [],
        text: `\${steps.${known}.output.${field}}`,
        number: `\${steps.${known}.output.amountCents}`,
      };
    }
  }
}

/** One more step between a text and where it is wanted. */
function washed(reference: string, { random }: Tools): { readonly steps: readonly Step[]; readonly reference: string } {
  const id = freshId();
  const text = `\${steps.${id}.output.text}`;
  switch (random.below(6)) {
    case 0:
      return { steps: [step(id, 'Text:v1/join', { parts: [reference] })], reference: text };
    case 1:
      return { steps: [step(id, 'Text:v1/join', { parts: ['${input.account}', reference] })], reference: text };
    case 2:
      return {
        steps: [step(id, 'Text:v1/join', { parts: ['${input.account}'], separator: reference })],
        reference: text,
      };
    case 3:
      return {
        steps: [step(id, 'Text:v1/template', { template: random.pick(['{a}', reference]), values: { a: reference } })],
        reference: text,
      };
    case 4:
      return { steps: [step(id, 'Think:v1/summarize', { text: reference })], reference: text };
    default: {
      const key = random.pick(['memo', 'sum', 'wash']);
      const back = freshId();
      return {
        steps: [
          step(id, 'Notes:v1/write', { key, value: reference }),
          step(back, 'Notes:v1/read', { key }, { dependsOn: [id] }),
        ],
        reference: `\${steps.${back}.output.value}`,
      };
    }
  }
}

/** What somebody outside wrote, washed a few times, where a trusted value belongs. */
const laundered: Tampering = (steps, tools) => {
  const targets = sensitivePlaces(steps);
  if (targets.length === 0) return;
  const { place } = tools.random.pick(targets);
  const from = source(tools);
  steps.push(...structuredClone(from.steps));
  if (place.key === 'amountCents') {
    const id = freshId();
    if (tools.random.chance(0.5)) {
      put(place, from.number);
      return;
    }
    steps.push(step(id, 'Text:v1/number', { value: from.number }));
    put(place, `\${steps.${id}.output.value}`);
    return;
  }
  let { text } = from;
  for (let wash = tools.random.below(4); wash > 0; wash -= 1) {
    const next = washed(text, tools);
    steps.push(...next.steps);
    text = next.reference;
  }
  put(place, shaped(place.key, text));
};

function shaped(key: string, text: unknown): unknown {
  if (key === 'to' || key === 'id' || key === 'iban' || key === 'role') return text;
  if (key === 'recipient') return { iban: text };
  return key === 'splits' ? [{ iban: text, amountCents: 1_000 }] : text;
}

/** A note that an earlier run has left. */
const oldNote: Tampering = (steps, tools) => {
  const targets = sensitivePlaces(steps).filter(({ place }) => place.key !== 'amountCents');
  if (targets.length === 0) return;
  const { place } = tools.random.pick(targets);
  const id = freshId();
  steps.push(step(id, 'Notes:v1/read', { key: tools.random.pick(['memo', 'sum', 'wash']) }));
  put(place, shaped(place.key, `\${steps.${id}.output.value}`));
};

/** A list or an object as a whole, of which only a part may be believed. */
const wholesale: Tampering = (steps, tools) => {
  const targets = sensitivePlaces(steps);
  if (targets.length === 0) return;
  const { place } = tools.random.pick(targets);
  put(
    place,
    tools.random.pick<unknown>([
      '${input.ticket}',
      '${input.ticket.to}',
      '${input.people}',
      '${input.contact}',
      ['${input.people.0}', '${input.people.1}'],
      '${input}',
      ['${input.account}', '${input.note}'],
      ['${input.ticket.to}'],
      [
        { iban: '${input.account}', amountCents: 1_000 },
        { iban: '${input.note}', amountCents: 1_000 },
      ],
      { iban: '${input.note}' },
      { iban: '${input.account}', name: '${input.note}' },
    ]),
  );
};

/** A list of which a person gave every value, put together by somebody else. */
const composed: Tampering = (steps, tools) => {
  const targets = steps.filter(({ skill, action }) => `${skill}/${action}` === 'Bank:v2/transfer');
  if (targets.length === 0) return;
  const part = { iban: '${input.account}', amountCents: '${input.amountCents}' };
  tools.random.pick(targets).input['splits'] = tools.random.chance(0.5) ? [part] : [part, structuredClone(part)];
};

/** A literal that a person never wrote, or one that only looks like his. */
const invented: Tampering = (steps, tools) => {
  const targets = sensitivePlaces(steps);
  if (targets.length === 0) return;
  const { place } = tools.random.pick(targets);
  const trusted = (tools.input as Record<string, unknown>)['account'] as string;
  const ticket = (tools.input as { ticket: { account: string; amountCents: number } }).ticket;
  const one =
    place.key === 'amountCents'
      ? tools.random.pick<unknown>([1, ticket.amountCents, 50_000, 39_999, `${ticket.amountCents}`])
      : tools.random.pick([
          ticket.account,
          trusted.toUpperCase(),
          `${trusted} `,
          trusted.slice(0, -1),
          'acc-66',
          `${trusted}\u200b`,
        ]);
  put(place, place.key === 'to' && tools.random.chance(0.3) ? [one] : shaped(place.key, one));
};

/** What was seen in an answer, written into the next plan as if it were the planner's own. */
const copied: Tampering = (steps, tools) => {
  const targets = sensitivePlaces(steps);
  const texts = [...tools.seen.values()].flatMap((value) => leaves(value));
  if (targets.length === 0 || texts.length === 0) return;
  const { place } = tools.random.pick(targets);
  const wanted = place.key === 'amountCents' ? 'number' : 'string';
  const fitting = texts.filter((one) => typeof one === wanted);
  if (fitting.length > 0) put(place, shaped(place.key, tools.random.pick(fitting)));
};

function leaves(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value];
}

/** A person's own value, copied letter by letter by a planner that may have read what it should not obey. */
const echoed: Tampering = (steps, tools) => {
  const targets = sensitivePlaces(steps).filter(({ place }) => place.key !== 'recipient' && place.key !== 'splits');
  if (targets.length === 0) return;
  const { place } = tools.random.pick(targets);
  const given = tools.input as Record<string, unknown>;
  if (place.key === 'amountCents') put(place, given['amountCents']);
  else if (place.key === 'role') put(place, given['role']);
  else put(place, tools.random.pick([given['account'], given['other'], given['user']]));
};

/** Those that only pass on what somebody else wrote: for authors whose own words may be believed. */
export const passings: readonly Tampering[] = [laundered, laundered, laundered, oldNote, wholesale];

/** The same, and what was seen before. */
export const seenPassings: readonly Tampering[] = [...passings, copied, copied, copied, echoed];

export const launderings: readonly Tampering[] = [
  laundered,
  laundered,
  laundered,
  laundered,
  oldNote,
  wholesale,
  composed,
  invented,
  copied,
  copied,
  echoed,
];
