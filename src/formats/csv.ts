// One line of comma-separated values, as Ruby's CSV reads it.

/**
 * The values; null for one without text and without quotes.
 * @returns undefined for an empty line and for quotes that are not closed or stand inside of a bare value.
 */
export function splitCsv(line: string, delimiter: string): (string | null)[] | undefined {
  if (line === '') return undefined;
  const values: (string | null)[] = [];
  for (let at = 0; at <= line.length; ) {
    const value = line[at] === '"' ? quotedValue(line, at) : bareValue(line, at, delimiter);
    if (!value) return undefined;
    values.push(value.text);
    if (value.end === line.length) return values;
    if (!line.startsWith(delimiter, value.end)) return undefined;
    at = value.end + delimiter.length;
  }
  return values;
}

interface Value {
  readonly text: string | null;
  readonly end: number;
}

function bareValue(line: string, start: number, delimiter: string): Value | undefined {
  const found = line.indexOf(delimiter, start);
  const end = found < 0 ? line.length : found;
  const text = line.slice(start, end);
  return text.includes('"') ? undefined : { text: text === '' ? null : text, end };
}

function quotedValue(line: string, start: number): Value | undefined {
  let text = '';
  for (let at = start + 1; ; ) {
    const quote = line.indexOf('"', at);
    if (quote < 0) return undefined;
    text += line.slice(at, quote);
    if (line[quote + 1] !== '"') return { text, end: quote + 1 };
    text += '"';
    at = quote + 2;
  }
}
