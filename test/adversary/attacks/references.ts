import { step } from './bases.ts';
import type { Tampering } from './tampering.ts';
import { anyPlace, anyStep, freshId, put, sensitivePlaces } from './tampering.ts';

const odd: readonly ((id: string) => string)[] = [
  () => '${input.__proto__}',
  () => '${input.constructor}',
  () => '${input.constructor.name}',
  () => '${input.account.length}',
  () => '${input.to.length}',
  () => '${input.toString}',
  () => '${input.toString.name}',
  (id) => `\${steps.${id}.output.__proto__.x}`,
  (id) => `\${steps.${id}.output.constructor.name}`,
  (id) => `\${steps.${id}.output.toString.name}`,
  (id) => `\${steps.${id}.output.hasOwnProperty.name}`,
  (id) => `\${steps.${id}.input.to}`,
  (id) => `\${steps.${id}.output}`,
  (id) => `\${steps.${id}.output.text.length}`,
  (id) => `\${steps.${id}}`,
  () => '${steps.nobody.output.x}',
  () => '${steps.__proto__.output}',
  () => '${steps.constructor.output}',
  () => '${ input.account }',
  () => '${input.account',
  () => '$${input.account}',
  () => '${input.account}${input.other}',
  () => 'To ${input.account}',
  () => '${${input.account}}',
  () => '${input.account}\n',
  () => '${input[account]}',
  () => '${INPUT.account}',
  () => '${input.to.0}',
  () => '${input.to.00}',
  () => '${input.to.-1}',
  () => '${input.recipient.iban}',
  () => '${env.SECRET}',
  () => '${run.tenantId}',
  () => '${input.}',
  () => '${input..account}',
];

/** A reference that leads somewhere it should not. */
const strange: Tampering = (steps, tools) => {
  const place = anyPlace(steps, tools);
  const ids = [...steps.map(({ id }) => id), ...tools.earlier];
  if (place && ids.length > 0) put(place, tools.random.pick(odd)(tools.random.pick(ids)));
};

/** The same, where a trusted value belongs. */
const strangeWhereItMatters: Tampering = (steps, tools) => {
  const targets = sensitivePlaces(steps);
  const ids = [...steps.map(({ id }) => id), ...tools.earlier];
  if (targets.length > 0) put(tools.random.pick(targets).place, tools.random.pick(odd)(tools.random.pick(ids)));
};

/** A text from outside that is itself a reference, passed on where texts go. */
const dataAsReference: Tampering = (steps, tools) => {
  const mail = freshId();
  steps.push(
    step(mail, 'Mail:v1/read', { id: '${input.text}' }),
    step(freshId(), 'Text:v1/join', { parts: [`\${steps.${mail}.output.from}`, `\${steps.${mail}.output.account}`] }),
    step(freshId(), 'Notes:v1/write', { key: 'wash', value: `\${steps.${mail}.output.meta.knownAs}` }),
  );
  if (tools.random.chance(0.5)) steps.reverse();
};

const memberOfReference: Tampering = (steps, tools) => {
  const target = anyStep(steps, tools);
  if (target) put({ holder: target.input, key: '${input.account}' }, '${input.account}');
};

export const referenceTamperings: readonly Tampering[] = [
  strange,
  strange,
  strangeWhereItMatters,
  dataAsReference,
  dataAsReference,
  memberOfReference,
];
