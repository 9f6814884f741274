import type { EntityJson } from '@cedar-policy/cedar-wasm/web';
import * as z from 'zod';
import type { JsonObject } from '../../model/json.ts';

/** What is understood of an action in a Cedar schema. With anything more, such as attributes, nothing can be judged. */
const declaredAction = z.strictObject({
  memberOf: z.array(z.strictObject({ id: z.string() })).optional(),
  appliesTo: z.unknown().optional(),
});

/**
 * An action and all groups that it is in by the schema, directly or through other groups. Throws an Error for one that
 * the schema does not declare, or declares in a way that is not understood.
 */
export function withGroups(actions: JsonObject, id: string): ReadonlySet<string> {
  const lineage = new Set([id]);
  // A set that grows is walked to its end, so groups of groups come up as well.
  for (const one of lineage) {
    const declared = declaredAction.safeParse(Object.hasOwn(actions, one) ? actions[one] : undefined);
    if (!declared.success) {
      throw new Error(
        `the schema must declare Action "${one}" with nothing but memberOf and appliesTo: ${z.prettifyError(declared.error)}`,
      );
    }
    for (const group of declared.data.memberOf ?? []) lineage.add(group.id);
  }
  return lineage;
}

/** An action as the engine would make it from the schema: without attributes, and a member of its groups. */
export function actionEntity(actions: JsonObject, id: string): EntityJson {
  const groups = [...withGroups(actions, id)].filter((one) => one !== id);
  return { uid: actionUid(id), attrs: {}, parents: groups.map(actionUid) };
}

function actionUid(id: string): { type: string; id: string } {
  return { type: 'Action', id };
}
