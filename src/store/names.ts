// Names of columns on disk. DuckDB ignores the case of column names and a column has one type, so the name of a column
// says both: `kata_pid#n` holds the numbers of `kata_pid`, `MESSAGE^U` the texts of `MESSAGE`. No record can therefore
// clash with another, and a value comes back with the type it had.
//
//   column := name [ "^" case ] [ "#" type ]      case := "U" all letters upper | hex bit mask of the upper ones
//   In the name, % ^ # " ' and control characters, and the first letter of a column of our own, are written %xx.

export const VALUE_TYPES = ['string', 'number', 'boolean', 'json'] as const;
export type ValueType = (typeof VALUE_TYPES)[number];

/** Columns of our own, in every file. `_t` time in ns, `_s` stream, `_o` offset, `_c` check, `_i` index, `_x` rare fields. */
export const OWN_COLUMNS = ['_t', '_s', '_o', '_c', '_i', '_x'] as const;

const OWN = new Set<string>(OWN_COLUMNS);
const TYPE_MARKS: Readonly<Record<ValueType, string>> = { string: '', number: '#n', boolean: '#b', json: '#j' };
const TYPES = new Map<string | undefined, ValueType>([
  [undefined, 'string'],
  ['n', 'number'],
  ['b', 'boolean'],
  ['j', 'json'],
]);
// A NUL would end the SQL that names the column; quotes are kept out of it for good measure.
const UNSAFE = /[%^#"'\u0000-\u001f\u007f]/g;
const COLUMN = /^([^^#]*)(?:\^(U|[0-9a-f]+))?(?:#([nbj]))?$/;

/** The column that holds values of one type of a field. */
export function columnName(field: string, type: ValueType): string {
  const safe = field.replace(UNSAFE, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
  const name = OWN.has(safe.toLowerCase()) ? `%5f${safe.slice(1)}` : safe;
  return asciiLower(name) + caseMark(name) + TYPE_MARKS[type];
}

/** The field and type of a column, or undefined for one of our own. */
export function fieldOfColumn(column: string): { readonly field: string; readonly type: ValueType } | undefined {
  const parts = COLUMN.exec(column);
  const type = TYPES.get(parts?.[3]);
  if (!parts || !type || OWN.has(column)) return undefined;
  const name = withCase(parts[1] as string, parts[2]);
  return {
    field: name.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    type,
  };
}

function caseMark(name: string): string {
  if (!/[A-Z]/.test(name)) return '';
  if (!/[a-z]/.test(name)) return '^U';
  let mask = 0n;
  for (let i = 0; i < name.length; i++) if (isUpper(name.charCodeAt(i))) mask |= 1n << BigInt(i);
  return `^${mask.toString(16)}`;
}

function withCase(name: string, mark: string | undefined): string {
  if (mark === undefined) return name;
  if (mark === 'U') return asciiUpper(name);
  const mask = BigInt(`0x${mark}`);
  return [...Array(name.length).keys()]
    .map((i) => ((mask >> BigInt(i)) & 1n ? asciiUpper(name.charAt(i)) : name.charAt(i)))
    .join('');
}

function isUpper(code: number): boolean {
  return code >= 0x41 && code <= 0x5a;
}

function asciiUpper(text: string): string {
  return text.replace(/[a-z]/g, (char) => char.toUpperCase());
}

/** Other letters keep their case: DuckDB folds those of ASCII only. */
function asciiLower(text: string): string {
  return text.replace(/[A-Z]/g, (char) => char.toLowerCase());
}
