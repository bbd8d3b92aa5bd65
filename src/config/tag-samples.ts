// Sample tags of a pattern, to find out whether other patterns take everything that it takes.
import { type Glob, globsOf, WITHIN_PART } from './tag-glob.ts';

/** Stand for any part of a tag: characters that literals of other patterns hardly have. */
const FILLERS = ['\ue000', 'a', 'Z', '0', '_', '-'];

const SAMPLES_MAX = 4000;

/**
 * Tags that a pattern takes, such that other globs that take them all take every tag of it.
 * @returns undefined for a regular expression, and for a pattern with too many alternatives or wildcards.
 */
export function sampleTags(pattern: string): string[] | undefined {
  const globs = globsOf(pattern);
  const wildcards = globs?.reduce(
    (sum, glob) => sum + 3 ** glob.filter((token) => typeof token !== 'string').length,
    0,
  );
  if (!globs || (wildcards ?? 0) > SAMPLES_MAX) return undefined;
  return [...new Set(globs.flatMap((glob) => FILLERS.flatMap((filler) => samplesOf(glob, filler))))];
}

function samplesOf(glob: Glob, filler: string): string[] {
  let samples = [''];
  for (const token of glob) {
    if (typeof token === 'string') samples = samples.map((sample) => sample + token);
    else {
      const parts = token === WITHIN_PART ? ['', filler] : ['', filler, `${filler}.${filler}`];
      samples = samples.flatMap((sample) => parts.map((part) => sample + part));
    }
  }
  return samples;
}
