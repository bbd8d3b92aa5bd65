// Fluentd's record accessors, as far as they name one field of the record itself.

/** The field's name: `name`, `$.name`, `$['name']`; undefined for a path into nested fields or malformed text. */
export function recordKey(accessor: string): string | undefined {
  if (!accessor.startsWith('$.') && !accessor.startsWith('$[')) return accessor;
  const dotted = /^\$\.([^.[\]\s]+)$/.exec(accessor);
  if (dotted) return dotted[1];
  return /^\$\[(?:'([^']+)'|"([^"]+)")\]$/.exec(accessor)?.slice(1).find(Boolean);
}
