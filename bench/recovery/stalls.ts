import * as z from 'zod';
import { defineAction, defineAgent, defineSkill } from '../../core/sdk/index.ts';
import type { AgentOptions } from '../../core/sdk/define-agent.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { PlanStepInput } from '../../core/model/plan.ts';
import type { ActionContext, AgentDefinition, SkillDefinition } from '../../core/model/skill.ts';

const market = 'http://market.example';
const order = z.strictObject({ wish: z.string().min(1), item: z.string().min(1), note: z.string().optional() });
const receipt = z.object({ orderId: z.string().min(1), item: z.string() });
type Order = z.infer<typeof order>;
type Receipt = z.infer<typeof receipt>;
type Context = Pick<ActionContext, 'fetch' | 'effectKey'>;

const described = { description: 'One thing.', input: order, output: receipt, timeoutSeconds: 10 };

/** @param deduplicated whether the stall is told to take the order once */
const buy =
  (stall: string, deduplicated: boolean) =>
  async (wanted: Order, { fetch, effectKey }: Context): Promise<Receipt> => {
    const headers = deduplicated ? { 'idempotency-key': effectKey } : {};
    const body = JSON.stringify({ ...wanted, key: effectKey });
    return (await (await fetch(`${market}/${stall}/orders`, { method: 'POST', headers, body })).json()) as Receipt;
  };

const cancel =
  (stall: string, deduplicated: boolean) =>
  async (_wanted: Order, { orderId }: Receipt, { fetch, effectKey }: Context): Promise<void> => {
    const headers = deduplicated ? { 'idempotency-key': effectKey } : {};
    await fetch(`${market}/${stall}/orders/${orderId}`, { method: 'DELETE', headers });
  };

const asAsked = ({ item }: Order, given: Receipt): string[] =>
  given.item === item ? [] : [`'${given.item}' was given instead of '${item}'`];

const reaching = { release: '1.0.0', network: [market] };
const K = { class: 'K', keyTtl: '1d' } as const;

/** Halls: looked at (P), and booked (K). The stall cancels one order once, however often it is told. */
export const hall = defineSkill({
  ...{ ...reaching, id: 'Hall:v1', description: 'Lets halls.', dependency: 'halls' },
  actions: {
    look: defineAction({
      description: 'Where a hall is.',
      input: z.strictObject({ item: z.string().min(1) }),
      output: z.object({ item: z.string(), place: z.string() }),
      effect: { class: 'P' },
      check: ({ item }, given) => (given.item === item ? [] : [`'${given.item}' was shown instead of '${item}'`]),
      run: async ({ item }, { fetch }) =>
        (await (await fetch(`${market}/hall/goods?item=${item}`)).json()) as { item: string; place: string },
    }),
    book: defineAction({
      ...{ ...described, effect: K, check: asAsked, run: buy('hall', true) },
      compensate: { effect: K, run: cancel('hall', true) },
    }),
  },
});

const room = { ...described, effect: K, check: asAsked };
/** Rooms (K), with the annex as their alternative. */
export const room1 = defineSkill({
  ...{ ...reaching, id: 'Room:v1', description: 'Lets rooms.', dependency: 'rooms' },
  actions: { book: defineAction({ ...room, alternatives: ['Annex:v1/book'], run: buy('room', true) }) },
});
export const annex = defineSkill({
  ...{ ...reaching, id: 'Annex:v1', description: 'Lets rooms in the annex.', dependency: 'annexes' },
  actions: { book: defineAction({ ...room, run: buy('annex', true) }) },
});

/** Food: takes what it is told twice twice, but can be asked (Q). */
export const food = defineSkill({
  ...{ ...reaching, id: 'Food:v1', description: 'Cooks.', dependency: 'kitchens' },
  actions: {
    order: defineAction({
      ...{ ...described, effect: { class: 'Q', settleTime: '2s' }, check: asAsked, run: buy('food', false) },
      lookup: async (effectKey, _wanted, { fetch }) => {
        const { orders } = (await (await fetch(`${market}/food/orders?key=${effectKey}`)).json()) as {
          readonly orders: readonly Receipt[];
        };
        return orders[0] ? { found: true, output: orders[0] } : { found: false };
      },
      compensate: { effect: K, run: cancel('food', true) },
    }),
  },
});

/** Taxis: can neither be told to come once nor be asked whether they come (N). */
export const taxi = defineSkill({
  ...{ ...reaching, id: 'Taxi:v1', description: 'Sends taxis.', dependency: 'taxis' },
  actions: {
    call: defineAction({
      ...{ ...described, effect: { class: 'N' }, run: buy('taxi', false) },
      compensate: cancel('taxi', false),
    }),
  },
});

/** Payments (K): to whom is decided by no model. */
export const pay = defineSkill({
  ...{ ...reaching, id: 'Pay:v1', description: 'Pays.', dependency: 'banks' },
  actions: { transfer: defineAction({ ...described, effect: K, sensitive: ['item'], run: buy('pay', true) }) },
});

/** Notes that are kept in the platform's own store. */
export const notes = defineSkill({
  ...{ id: 'Notes:v1', release: '1.0.0', description: 'Keeps notes.', uses: ['store'] },
  actions: {
    keep: defineAction({
      ...{ ...described, effect: K },
      run: async ({ wish, item }, { store }) => {
        await store.put(wish, { item });
        return { orderId: wish, item };
      },
    }),
  },
});

export const skills: readonly SkillDefinition[] = [hall, room1, annex, food, taxi, pay, notes];

/** An agent that may buy anything on the market. */
export function organiser(more: Partial<AgentOptions> = {}): AgentDefinition {
  return defineAgent({
    ...{ name: 'organiser', description: 'Organises parties.', deadline: '1d' },
    grants: skills.map(({ id }) => id),
    ...more,
  });
}

const uses = {
  look: ['Hall:v1', 'look'],
  hall: ['Hall:v1', 'book'],
  room: ['Room:v1', 'book'],
  food: ['Food:v1', 'order'],
  taxi: ['Taxi:v1', 'call'],
  pay: ['Pay:v1', 'transfer'],
  notes: ['Notes:v1', 'keep'],
} as const;
export type Thing = keyof typeof uses;

/** A step that gets one thing, whose id is what it is for. */
export function get(thing: Thing, more: Partial<PlanStepInput> = {}): PlanStepInput {
  const [skill, action] = uses[thing];
  const id = more.id ?? thing;
  const wanted: JsonObject = thing === 'look' ? { item: 'Rome' } : { wish: id, item: thing };
  return { skill, action, why: 'There is no party without it.', ...more, id, input: { ...wanted, ...more.input } };
}

/** Steps one after the other. */
export function inTurn(...steps: readonly PlanStepInput[]): PlanStepInput[] {
  return steps.map((step, index) => {
    const before = steps[index - 1];
    return before ? { ...step, dependsOn: [before.id] } : step;
  });
}

export function planOf(steps: readonly PlanStepInput[], output?: JsonObject): JsonObject {
  return { steps: [...steps], ...(output ? { output } : {}) };
}
