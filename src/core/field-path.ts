// Fluentd's record accessors: the name of a field, or a path into the values of fields.

/** Names of members and indices of elements, from the record down; never empty. */
export type FieldPath = readonly [string, ...(string | number)[]];

const BRACKET = /\[(?:(-?\d+)|'([^']*)'|"([^"]*)")\]/y;
const DOT = /\.([^.[\]\s]+)/y;

/** `name`, `$.a.b[0]`, `$['a.b']["c"]`; undefined for malformed text. */
export function parseFieldPath(accessor: string): FieldPath | undefined {
  if (!accessor.startsWith('$.') && !accessor.startsWith('$[')) return accessor === '' ? undefined : [accessor];
  const [first, ...rest] = pathParts(accessor) ?? [];
  return typeof first === 'string' ? [first, ...rest] : undefined;
}

function pathParts(accessor: string): (string | number)[] | undefined {
  const parts: (string | number)[] = [];
  for (let at = 1; at < accessor.length; ) {
    const form = accessor[at] === '.' ? DOT : BRACKET;
    form.lastIndex = at;
    const found = form.exec(accessor);
    if (!found) return undefined;
    const [, first, single, double] = found;
    parts.push(form === BRACKET && first !== undefined ? Number(first) : (first ?? single ?? double ?? ''));
    at = form.lastIndex;
  }
  return parts;
}
