import * as z from 'zod';
import { withModels } from '../../core/authz/with-models.ts';
import type { FailureClass } from '../../core/model/failure.ts';
import type { Json } from '../../core/model/json.ts';
import { openedTexts } from '../../core/model/model-step.ts';
import type { Registry } from '../../core/model/skill.ts';
import { engineQuestion, modelSkill } from '../../core/operations/model-skill.ts';
import { ActionError, defineAction, defineAgent, defineSkill } from '../../core/sdk/index.ts';

/** The provider behind the desk: what it was sent, what it undid, and what it answers next. */
export class Desk {
  readonly sent: string[] = [];
  readonly undone: string[] = [];
  /** Of each text, how the calls to come end; a call is answered when nothing is left. */
  readonly faults = new Map<string, FailureClass[]>();
  /** What the model was told with each question. */
  readonly asked: Json[] = [];
  /** What the model answers, in turn. */
  readonly thoughts: Json[] = [];

  call(text: string): void {
    const fault = this.faults.get(text)?.shift();
    if (fault === 'timeout') throw new ActionError(`no answer to '${text}'`, { class: fault, sendOutcome: 'unknown' });
    if (fault) throw new ActionError(`'${text}' was refused`, { class: fault, sendOutcome: 'notDone' });
  }

  get registry(): Registry {
    const text = z.strictObject({ text: z.string().max(20) });
    const said = z.strictObject({ said: z.string() });
    const tell = defineAction({
      description: 'Tells somebody.',
      input: text,
      output: said,
      sensitive: ['text'],
      run: async (input) => {
        this.call(input.text);
        this.sent.push(input.text);
        return { said: input.text };
      },
    });
    const desk = defineSkill({
      id: 'Desk:v1',
      release: '1.0.0',
      description: 'A desk that books, tells and finds.',
      actions: {
        book: defineAction({
          description: 'Books.',
          input: text,
          output: z.strictObject({ ref: z.string() }),
          effect: { class: 'K', keyTtl: '24h' },
          run: async (input) => {
            this.sent.push(input.text);
            return { ref: `ref-${input.text}` };
          },
          compensate: {
            effect: { class: 'K', keyTtl: '24h' },
            run: async (_input, { ref }) => {
              this.call(`undo ${ref}`);
              this.undone.push(ref);
            },
          },
        }),
        tell,
        find: defineAction({
          description: 'Finds.',
          input: text,
          output: said,
          effect: { class: 'Q', settleTime: '1s' },
          run: async (input) => {
            this.call(input.text);
            return { said: input.text };
          },
          lookup: async () => {
            this.call('lookup');
            return { found: true, output: { said: 'looked up' } };
          },
        }),
      },
    });
    const plain = defineAgent({ name: 'plain', description: 'Uses the desk.', grants: ['Desk:v1'] });
    const careful = defineAgent({
      name: 'careful',
      description: 'Asks before it tells.',
      grants: ['Desk:v1/book', { grant: 'Desk:v1/tell', approval: 'required' }],
    });
    const watched = defineAgent({
      name: 'watched',
      description: 'Has others approve what it tells.',
      grants: ['Desk:v1/book', { grant: 'Desk:v1/tell', approval: { differentPerson: true } }],
    });
    const thinking = defineAgent({
      name: 'thinking',
      description: 'Plans for itself.',
      grants: ['Desk:v1/book', { grant: 'Desk:v1/tell', approval: 'required' }],
      recovery: 'off',
    });
    const skills = new Map([[desk.id, desk]]);
    const agents = new Map([plain, careful, watched].map((agent) => [agent.name, agent]));
    const model = modelSkill(async (_purpose, question) => {
      const { texts } = engineQuestion.parse(question);
      this.asked.push(openedTexts(texts));
      const answer = this.thoughts.shift();
      if (answer === undefined)
        throw new ActionError('the model has nothing to say', { class: 'bug', sendOutcome: 'notDone' });
      return { answer, model: 'test:model', usdMicros: 0, tokens: 1, calls: [] };
    });
    const planned = withModels({ skills, agents: new Map([['thinking', thinking]]) }, ['test:model'], model);
    return { skills: planned.skills, agents: new Map([...agents, ...planned.agents]) };
  }
}
