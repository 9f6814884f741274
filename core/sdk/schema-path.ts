export type SchemaWalk =
  | { readonly found: true }
  | { readonly found: false; readonly missing: string; readonly allowed: readonly string[] };

/**
 * Follows a path through a JSON Schema. Found means: an instance may have it. What a schema leaves open counts as
 * found, so a wrong answer can only be a lenient one.
 */
export function walkSchema(schema: unknown, path: readonly string[]): SchemaWalk {
  const [part, ...rest] = path;
  if (part === undefined || !isRecord(schema) || '$ref' in schema) return { found: true };

  const branches = [schema['anyOf'], schema['oneOf'], schema['allOf']].flatMap((list) =>
    Array.isArray(list) ? list : [],
  );
  if (branches.length > 0) {
    const walks = branches.map((branch) => walkSchema(branch, path));
    const misses = walks.filter((walk) => !walk.found);
    if (misses.length < walks.length) return { found: true };
    return {
      found: false,
      missing: misses[0]?.missing ?? part,
      allowed: [...new Set(misses.flatMap((miss) => miss.allowed))],
    };
  }
  switch (schema['type']) {
    case 'object': {
      const properties = isRecord(schema['properties']) ? schema['properties'] : {};
      if (Object.hasOwn(properties, part)) return walkSchema(properties[part], rest);
      const others = schema['additionalProperties'];
      if (others === false) return { found: false, missing: part, allowed: Object.keys(properties) };
      return walkSchema(others, rest);
    }
    case 'array': {
      if (!/^(0|[1-9][0-9]*)$/.test(part)) return { found: false, missing: part, allowed: ['0', '1', '…'] };
      const fixed = Array.isArray(schema['prefixItems']) ? schema['prefixItems'][Number(part)] : undefined;
      return walkSchema(fixed ?? schema['items'], rest);
    }
    case undefined:
      return { found: true };
    default:
      return { found: false, missing: part, allowed: [] };
  }
}

/** The schema of a member, through objects only; undefined where the way leads through anything else. */
export function schemaAt(schema: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((current, part) => {
    const properties = isRecord(current) ? current['properties'] : undefined;
    return isRecord(properties) && Object.hasOwn(properties, part) ? properties[part] : undefined;
  }, schema);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
