// Ranges of numbers as patterns, for indices that keep numbers as words (`PRIORITY` of a journal): Lucene compares words
// letter by letter, so "10" would stand before "3". Exact for decimals of any length; numbers with an exponent
// ("1e3") are not matched.

/** A pattern in Lucene's syntax for the decimals above (or at) a number, or below it. */
export function decimalPattern(side: 'above' | 'below', bound: number, inclusive: boolean): string {
  const size = decimalOf(Math.abs(bound));
  const at = inclusive ? [equal(size)] : [];
  if (bound >= 0) {
    if (side === 'above') return either([...greater(size), ...at]);
    return either([...smaller(size), ...at, `-${ANY}`]);
  }
  if (side === 'below') return `-${either([...greater(size), ...at])}`;
  return either([ANY, `-${either([...smaller(size), ...at])}`]);
}

interface Decimal {
  /** Without leading zeros, but "0". */
  readonly whole: string;
  /** Without trailing zeros; may be empty. */
  readonly fraction: string;
}

const ANY = '[0-9]+(\\.[0-9]+)?';
const ANY_FRACTION = '(\\.[0-9]+)?';
/** `Number` writes larger and smaller ones with an exponent. */
const DIGITS_MAX = 100;

function decimalOf(value: number): Decimal {
  const text = /e/.test(String(value)) ? value.toFixed(value < 1 ? DIGITS_MAX : 0) : String(value);
  const [whole = '0', fraction = ''] = text.split('.');
  return { whole, fraction: fraction.replace(/0+$/, '') };
}

function equal({ whole, fraction }: Decimal): string {
  return `0*${whole}${fraction === '' ? '(\\.0+)?' : `\\.${fraction}0*`}`;
}

function greater({ whole, fraction }: Decimal): string[] {
  const longer = `0*[1-9][0-9]{${whole.length},}${ANY_FRACTION}`;
  const sameLength = digitsAbove(whole).map((head) => `0*${head}${ANY_FRACTION}`);
  const tails = [...fraction].flatMap((digit, i) =>
    digit === '9' ? [] : [`${fraction.slice(0, i)}${span(Number(digit) + 1, 9)}[0-9]*`],
  );
  const further = `${fraction}[0-9]*[1-9][0-9]*`;
  return [longer, ...sameLength, `0*${whole}\\.${either([...tails, further])}`];
}

/** Of `whole`'s length, and above it. */
function digitsAbove(whole: string): string[] {
  return [...whole].flatMap((digit, i) =>
    digit === '9' ? [] : [whole.slice(0, i) + span(Number(digit) + 1, 9) + anyDigits(whole.length - i - 1)],
  );
}

function smaller({ whole, fraction }: Decimal): string[] {
  const shorter = whole.length > 1 ? [`0*[0-9]{1,${whole.length - 1}}${ANY_FRACTION}`] : [];
  const sameLength = [...whole].flatMap((digit, i) =>
    digit === '0' ? [] : [`0*${whole.slice(0, i)}${span(0, Number(digit) - 1)}${anyDigits(whole.length - i - 1)}`],
  );
  const below = fraction === '' ? [] : [`0*${whole}(\\.${either(fractionsBelow(fraction))})?`];
  return [...shorter, ...sameLength.map((head) => head + ANY_FRACTION), ...below];
}

function fractionsBelow(fraction: string): string[] {
  return [...fraction].flatMap((digit, i) => {
    const head = fraction.slice(0, i);
    // A shorter fraction is the same one with zeros behind it.
    const shorter = i === 0 ? [] : [`${head}0*`];
    return digit === '0' ? shorter : [...shorter, `${head}${span(0, Number(digit) - 1)}[0-9]*`];
  });
}

function span(from: number, to: number): string {
  return from === to ? String(from) : `[${from}-${to}]`;
}

function anyDigits(count: number): string {
  return count === 0 ? '' : `[0-9]{${count}}`;
}

function either(parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] as string) : `(${parts.join('|')})`;
}
