import { argumentsBlobKey } from '../contract/keys.ts';
import type { PlacedArguments } from '../model/escalation.ts';
import { canonicalJson } from '../model/json.ts';
import type { Json } from '../model/json.ts';
import type { Ports } from '../ports/index.ts';

/** Where rendered arguments travel: inline, or through the blob store when they have more bytes than that. */
export async function placeArguments(
  use: { readonly tenantId: string; readonly skill: string; readonly argsHash: string; readonly input: Json },
  inlineBytes: number,
  { blobs }: Pick<Ports, 'blobs'>,
): Promise<PlacedArguments> {
  const { tenantId, skill, argsHash, input } = use;
  const text = canonicalJson(input);
  if (Buffer.byteLength(text) <= inlineBytes) return { kind: 'inline', value: input };
  const key = argumentsBlobKey(tenantId, skill, argsHash);
  await blobs.put(key, text);
  return { kind: 'blob', key };
}
