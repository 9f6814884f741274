import * as z from 'zod';
import { anyApprover, approversInWords, mostApprovers } from './approvers.ts';
import type { Approvers } from './approvers.ts';
import { actionName, name, skillId } from './names.ts';

export type ConditionValue = string | number | boolean;

/** What must hold for one argument. Of several members, all must. An argument that is missing fulfils nothing. */
export interface Condition {
  /** A whole number; the argument may be equal to it. */
  readonly atLeast?: number;
  /** A whole number; the argument may be equal to it. */
  readonly atMost?: number;
  /** The argument is one of these. */
  readonly oneOf?: readonly ConditionValue[];
  /** The argument is a list, and each of its members is one of these. An empty list fulfils it. */
  readonly everyOneOf?: readonly ConditionValue[];
}

/** Conditions by argument; `card.country` means the member `country` of the argument `card`. All must hold. */
export type Conditions = Readonly<Record<string, Condition>>;

/** Which uses need an approval, and of whom. */
export interface GrantApproval {
  /** Not with such arguments; each use when left out. */
  readonly unless?: Conditions;
  /** How many people have to approve, 1 to 10; 1 when left out. One who rejects decides at once. */
  readonly quorum?: number;
  /** Whoever has started the run may not approve; they may when left out. */
  readonly differentPerson?: boolean;
}

/** A grant with its limits, as an author writes it. */
export interface LimitedGrant {
  /** `Billing:v1`, or one action of it, `Billing:v1/refund`. */
  readonly grant: string;
  /** Only with such arguments. They are judged as they are sent to the action, before its schema transforms them. */
  readonly when?: Conditions;
  /** Only for these tenants; for all when left out. */
  readonly tenants?: readonly string[];
  /** From that moment on it is over: `2027-01-01` (0:00 UTC), or `2027-01-01T12:00:00Z`. */
  readonly expires?: string;
  /** A person has to approve each use. Never when left out. */
  readonly approval?: 'required' | GrantApproval;
}

/** `HotelBooking:v1`, `UserManagement:v2/read`, or one of these with limits. */
export type GrantDeclaration = string | LimitedGrant;

/** A grant as it is judged. */
export interface Grant {
  /** As it was written: `Billing:v1` or `Billing:v1/refund`. */
  readonly name: string;
  readonly skillId: string;
  /** Undefined: every action of the skill. */
  readonly action: string | undefined;
  readonly when: Conditions;
  /** Undefined: every tenant. */
  readonly tenants: readonly string[] | undefined;
  /** The first moment at which it no longer holds. */
  readonly expiresAtMs: number | undefined;
  readonly approval: { readonly needed: 'never' | 'always' } | { readonly needed: 'unless'; readonly fits: Conditions };
  /** Of each approval that it needs. */
  readonly approvers: Approvers;
}

const named = (value: string): boolean => {
  const [skill, action, ...rest] = value.split('/');
  const actionFits = action === undefined || actionName.safeParse(action).success;
  return rest.length === 0 && skillId.safeParse(skill).success && actionFits;
};

/** A skill with its version, or one action of it. Nothing in it stands for anything else: there are no wildcards. */
export const grantName = z
  .string()
  .refine(named, { error: 'must look like HotelBooking:v1 or UserManagement:v2/read' });

const integer = z.int('must be a whole number that JavaScript holds exactly; count money in cents');
const text = z.string().refine((value) => value.isWellFormed(), { error: 'must be well-formed Unicode' });
const values = z
  .array(z.union([text, integer, z.boolean()], 'must be a text, a whole number, true or false'))
  .min(1, 'must list at least one value')
  .refine((list) => new Set(list.map((value) => typeof value)).size <= 1, {
    error: 'must hold values of one type only',
  });

const condition = z
  .strictObject({
    atLeast: integer.optional(),
    atMost: integer.optional(),
    oneOf: values.optional(),
    everyOneOf: values.optional(),
  })
  .refine((given) => Object.values(given).some((member) => member !== undefined), {
    error: 'must say something: atLeast, atMost, oneOf or everyOneOf',
  })
  .refine(({ atLeast = -Infinity, atMost = Infinity }) => atLeast <= atMost, {
    error: 'can never hold: atLeast is greater than atMost',
  });

const conditions = z
  .record(
    z.string().refine((path) => path.isWellFormed() && path.split('.').every((part) => /^(?!__)./su.test(part)), {
      error: 'must be the name of an argument, with a dot before each member, not beginning with __',
    }),
    condition,
  )
  .refine((given) => Object.keys(given).length > 0, { error: 'must name at least one argument' });

const tenants = z
  .array(name)
  .min(1, 'must name at least one tenant; leave it out for all')
  .refine((list) => new Set(list).size === list.length, { error: 'must name each tenant once' });

const grantApproval = z
  .strictObject({
    unless: conditions.optional(),
    quorum: z.int().min(1, 'must be at least 1').max(mostApprovers, `must be at most ${mostApprovers}`).optional(),
    differentPerson: z.boolean().optional(),
  })
  .refine((given) => Object.values(given).some((member) => member !== undefined), { error: 'must say something' });

/** What an author may write besides a bare name. */
export const limitedGrant = z.strictObject({
  grant: grantName,
  when: conditions.optional(),
  tenants: tenants.optional(),
  expires: z
    .union([z.iso.date(), z.iso.datetime({ offset: true })], 'must be a date or a time with its zone, in ISO 8601')
    .optional(),
  approval: z
    .union(
      [z.literal('required'), grantApproval],
      `must be 'required' or { unless: { <argument>: <condition> }, quorum: 1 to ${mostApprovers}, differentPerson: true }, each of them if wanted`,
    )
    .optional(),
});

/** The skill or action that a declaration is about, whatever its limits. */
export function nameOfGrant(declaration: GrantDeclaration): string {
  return typeof declaration === 'string' ? declaration : declaration.grant;
}

/**
 * The only reading of a grant. A bare name that `defineAgent` would refuse is the name of nothing. Throws a ZodError for
 * limits that it would refuse: they cannot be kept.
 */
export function parseGrant(declaration: GrantDeclaration): Grant {
  const written: Partial<LimitedGrant> = typeof declaration === 'string' ? {} : limitedGrant.parse(declaration);
  const grant = nameOfGrant(declaration);
  const { when, tenants: only, expires, approval } = written;
  const slash = grant.indexOf('/');
  const skill = slash < 0 ? grant : grant.slice(0, slash);
  const action = slash < 0 ? undefined : grant.slice(slash + 1);
  return {
    name: grant,
    skillId: skill,
    action,
    when: when ?? {},
    tenants: only,
    expiresAtMs: expires === undefined ? undefined : Date.parse(expires),
    approval: approvalOf(approval),
    approvers: approversOf(approval),
  };
}

function approversOf(written: LimitedGrant['approval']): Approvers {
  if (typeof written !== 'object') return anyApprover;
  const { quorum, differentPerson } = written;
  return { quorum: quorum ?? anyApprover.quorum, differentPerson: differentPerson ?? anyApprover.differentPerson };
}

function approvalOf(written: LimitedGrant['approval']): Grant['approval'] {
  if (written === undefined) return { needed: 'never' };
  if (written === 'required' || written.unless === undefined) return { needed: 'always' };
  return { needed: 'unless', fits: written.unless };
}

/** The limits of a grant in words, for people and planners; empty when it has none. */
export function limitsInWords({ when, tenants: only, expiresAtMs, approval, approvers }: Grant): string[] {
  const approved = `with approval${approversInWords(approvers)}`;
  return [
    ...conditionsInWords(when),
    ...(only ? [`tenant is ${only.join(' or ')}`] : []),
    ...(expiresAtMs === undefined ? [] : [`before ${new Date(expiresAtMs).toISOString()}`]),
    ...(approval.needed === 'always' ? [approved] : []),
    ...(approval.needed === 'unless' ? [`${approved} unless ${conditionsInWords(approval.fits).join(' and ')}`] : []),
  ];
}

function conditionsInWords(conditionsByPath: Conditions): string[] {
  return Object.entries(conditionsByPath).flatMap(([path, { atLeast, atMost, oneOf, everyOneOf }]) => [
    ...(atLeast === undefined ? [] : [`${path} >= ${atLeast}`]),
    ...(atMost === undefined ? [] : [`${path} <= ${atMost}`]),
    ...(oneOf ? [`${path} is one of ${JSON.stringify(oneOf)}`] : []),
    ...(everyOneOf ? [`each of ${path} is one of ${JSON.stringify(everyOneOf)}`] : []),
  ]);
}
