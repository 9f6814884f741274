import * as z from 'zod';
import { ActionError, defineAction, defineAgent, definePlaybook, defineSkill } from '../../core/sdk/index.ts';
import type { Registry } from '../../core/model/skill.ts';

/** What the skills of the test project do next, by text; an entry is used once. */
export const faults = new Map<string, 'refused' | 'no answer'>();

const text = z.object({ text: z.string() });

function obey(what: string): void {
  const fault = faults.get(what);
  faults.delete(what);
  if (fault === 'refused') {
    throw new ActionError(`'${what}' was refused`, { class: 'denied', sendOutcome: 'notDone' });
  }
  if (fault === 'no answer') {
    throw new ActionError(`no answer to '${what}'`, { class: 'timeout', sendOutcome: 'unknown' });
  }
}

const words = (version: number) =>
  defineSkill({
    id: `Words:v${version}`,
    release: `${version}.0.0`,
    description: 'Changes texts.',
    actions: {
      shout: defineAction({
        description: 'Makes a text loud.',
        input: text,
        output: text,
        effect: { class: 'P' },
        run: async (input) => {
          obey(input.text);
          return { text: input.text.toUpperCase() };
        },
      }),
      fill: defineAction({
        description: 'Makes a long text.',
        input: z.object({ characters: z.int() }),
        output: text,
        effect: { class: 'P' },
        run: async ({ characters }) => ({ text: 'x'.repeat(characters) }),
      }),
    },
  });

const mail = defineSkill({
  id: 'Mail:v1',
  release: '1.0.0',
  description: 'Sends mail.',
  actions: {
    send: defineAction({
      description: 'Sends a mail.',
      input: text,
      output: z.object({ sent: z.boolean(), receipt: z.string().optional() }),
      run: async (input) => {
        obey(input.text);
        return { sent: true };
      },
    }),
  },
});

const writer = defineAgent({
  name: 'writer',
  description: 'Writes.',
  grants: ['Words:v1', 'Mail:v1/send'],
  deadline: '1h',
  playbooks: {
    greet: definePlaybook({
      description: 'Greet somebody.',
      input: z.strictObject({ name: z.string().min(1), mood: z.string().default('glad') }),
      steps: [
        {
          id: 'loud',
          skill: 'Words:v1',
          action: 'shout',
          input: { text: '${input.name}' },
          why: 'It has to be heard.',
        },
        { id: 'post', skill: 'Mail:v1', action: 'send', input: { text: '${steps.loud.output.text}' } },
        { id: 'extra', skill: 'Words:v1', action: 'shout', input: { text: 'extra' }, optional: true },
      ],
      output: { greeting: '${steps.loud.output.text}', mood: '${input.mood}', extra: '${steps.extra.output}' },
    }),
    count: definePlaybook({
      description: 'Count.',
      input: z.object({ upTo: z.int().min(1) }),
      next: ({ upTo }, { revision }) => ({
        steps: [
          { id: `n${revision + 1}`, skill: 'Words:v1', action: 'shout', input: { text: `number ${revision + 1}` } },
        ],
        done: revision + 1 >= upTo,
        output: `\${steps.n${revision + 1}.output.text}`,
      }),
    }),
  },
});

const idle = defineAgent({ name: 'idle', description: 'Has no playbook.', grants: ['Words:v2'], playbooks: {} });

const careful = defineAgent({
  name: 'careful',
  description: 'Asks before it sends.',
  grants: [{ grant: 'Mail:v1/send', approval: 'required' }],
});

const twofold = defineAgent({
  name: 'twofold',
  description: 'Sends what two people have approved.',
  grants: [{ grant: 'Mail:v1/send', approval: { quorum: 2, differentPerson: true } }],
});

export const registry: Registry = {
  skills: new Map([words(1), words(2), mail].map((skill) => [skill.id, skill])),
  agents: new Map([writer, idle, careful, twofold].map((agent) => [agent.name, agent])),
};
