// Puts two lists side by side so that as many elements as possible face their equals; the rest is the difference.

export interface Pair<T> {
  readonly left: T | undefined;
  readonly right: T | undefined;
}

/** Beyond this many comparisons elements are paired by their index. */
const COMPARISONS_MAX = 4_000_000;

/** The elements that have no equal on the other side; neighbours of both sides form a pair. */
export function alignLines<T>(left: readonly T[], right: readonly T[], isSame: (a: T, b: T) => boolean): Pair<T>[] {
  let start = 0;
  while (start < left.length && start < right.length && isSame(left[start] as T, right[start] as T)) start++;
  let cut = 0;
  const shortest = Math.min(left.length, right.length) - start;
  while (cut < shortest && isSame(left[left.length - 1 - cut] as T, right[right.length - 1 - cut] as T)) cut++;
  const a = left.slice(start, left.length - cut);
  const b = right.slice(start, right.length - cut);
  if (a.length * b.length > COMPARISONS_MAX) return pairUp(a, b);
  return differences(a, b, isSame);
}

/** By the longest common subsequence. */
function differences<T>(a: readonly T[], b: readonly T[], isSame: (a: T, b: T) => boolean): Pair<T>[] {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const below = lengths[(i + 1) * width + j] as number;
      const beside = lengths[i * width + j + 1] as number;
      const both = (lengths[(i + 1) * width + j + 1] as number) + 1;
      lengths[i * width + j] = isSame(a[i] as T, b[j] as T) ? both : Math.max(below, beside);
    }
  }
  const pairs: Pair<T>[] = [];
  let [i, j, onlyLeft, onlyRight] = [0, 0, [] as T[], [] as T[]];
  const flush = (): void => {
    pairs.push(...pairUp(onlyLeft, onlyRight));
    [onlyLeft, onlyRight] = [[], []];
  };
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && isSame(a[i] as T, b[j] as T)) {
      flush();
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && (lengths[(i + 1) * width + j] as number) >= (lengths[i * width + j + 1] as number)))
      onlyLeft.push(a[i++] as T);
    else onlyRight.push(b[j++] as T);
  }
  flush();
  return pairs;
}

function pairUp<T>(left: readonly T[], right: readonly T[]): Pair<T>[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => ({ left: left[i], right: right[i] }));
}
