export function synonymsOf(_term: string): readonly string[] { return []; }
