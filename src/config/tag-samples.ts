// Sample tags of a pattern, to find out whether other patterns take everything that it takes.

/** Stands for any part of a tag; replaced by characters that literals of other patterns hardly have. */
const ANY = '\0';
const FILLERS = ['\ue000', 'a', 'Z', '0', '_', '-'];
const SAMPLES_MAX = 4000;

/**
 * Tags that a glob takes, such that other globs that take them all take every tag of it.
 * @returns undefined for a regular expression, and for a glob with too many alternatives.
 */
export function sampleTags(pattern: string): string[] | undefined {
  if (pattern.startsWith('/') && pattern.endsWith('/')) return undefined;
  const { samples } = sequence(pattern, 0, '');
  if (samples.length > SAMPLES_MAX) return undefined;
  return [...new Set(samples.flatMap((sample) => FILLERS.map((filler) => sample.replaceAll(ANY, filler))))];
}

interface Expanded {
  readonly samples: readonly string[];
  readonly end: number;
}

/** Expands up to the end, or to a comma or brace that ends an alternative. */
function sequence(pattern: string, from: number, before: string): Expanded {
  let samples: readonly string[] = [''];
  let at = from;
  while (at < pattern.length) {
    const char = pattern.charAt(at);
    if (before !== '' && (char === ',' || char === '}')) break;
    const piece = char === '{' ? alternatives(pattern, at) : onePiece(pattern, at);
    samples = samples.flatMap((sample) => piece.samples.map((part) => sample + part)).slice(0, SAMPLES_MAX + 1);
    at = piece.end;
  }
  return { samples, end: at };
}

function alternatives(pattern: string, at: number): Expanded {
  const samples: string[] = [];
  let end = at;
  do {
    const one = sequence(pattern, end + 1, '{');
    samples.push(...one.samples);
    end = one.end;
  } while (pattern.charAt(end) === ',');
  return { samples, end: end + 1 };
}

function onePiece(pattern: string, at: number): Expanded {
  const char = pattern.charAt(at);
  if (char === '\\') return { samples: [pattern.charAt(at + 1)], end: at + 2 };
  if (pattern.startsWith('.**', at)) return { samples: ['', `.${ANY}`, `.${ANY}.${ANY}`], end: at + 3 };
  if (pattern.startsWith('**.', at)) return { samples: ['', `${ANY}.`, `${ANY}.${ANY}.`], end: at + 3 };
  if (pattern.startsWith('**', at)) return { samples: ['', ANY, `${ANY}.${ANY}`], end: at + 2 };
  if (char === '*') return { samples: ['', ANY], end: at + 1 };
  return { samples: [char], end: at + 1 };
}
