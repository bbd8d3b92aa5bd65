// Values as Ruby's to_s writes them: what patterns and texts of a Fluentd configuration are made for.

/** The text of a JSON value: a string as it is, null as nothing, numbers in Ruby's form, hashes and arrays as inspect has them. */
export function rubyText(json: string): string {
  const first = json.charAt(0);
  if (first === '"') return json.includes('\\') ? (JSON.parse(json) as string) : json.slice(1, -1);
  if (json === 'null') return '';
  if (first === '{' || first === '[') return inspectText(json);
  return numberText(json);
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;

function inspectText(json: string): string {
  const tokens = json.match(TOKEN) ?? [];
  return tokens.map(inspectToken).join('');
}

function inspectToken(token: string): string {
  if (token === ':') return '=>';
  if (token === ',') return ', ';
  if (token === 'null') return 'nil';
  if (token.startsWith('"')) return inspectString(JSON.parse(token) as string);
  return '{}[]'.includes(token) ? token : numberText(token);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\v': '\\v',
  '\b': '\\b',
  '\u0007': '\\a',
  '\u001b': '\\e',
};

function inspectString(text: string): string {
  const escaped = text.replace(/["\\\u0000-\u001f\u007f]|#(?=[{$@])/g, (char) => {
    const known = ESCAPES[char];
    if (known !== undefined) return known;
    return char === '#' ? '\\#' : `\\x${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
  return `"${escaped}"`;
}

/** Whole numbers keep their digits; others are floats: 1e3 is 1000.0, 1.50 is 1.5. */
function numberText(json: string): string {
  if (!/[.eE]/.test(json) || !/^-?\d/.test(json)) return json;
  const value = Number(json);
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  const magnitude = Math.abs(value);
  if (value !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) return exponentText(value);
  return Number.isInteger(value) ? `${Object.is(value, -0) ? '-0' : value}.0` : String(value);
}

function exponentText(value: number): string {
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  const digits = exponent.replace(/^[+-]/, '').padStart(2, '0');
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}e${exponent.charAt(0)}${digits}`;
}
