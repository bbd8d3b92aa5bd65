// Chance that can be had again: the seed of a run is printed, and KATALOG_SEED repeats it.
import { randomInt } from 'node:crypto';
import { Random } from '../../samples/random.js';

export function seededRandom(suite: string): Random {
  const seed = Number(process.env['KATALOG_SEED'] ?? randomInt(2 ** 31));
  console.log(`${suite}: seed ${seed}`);
  return new Random(seed);
}
