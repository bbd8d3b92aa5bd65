// The samples' only source of chance: a small seeded generator, so that the same files come out everywhere.

/** @param {number} seed @returns {() => number} numbers in [0, 1), the same sequence for the same seed (mulberry32) */
function sequence(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export class Random {
  #next;

  /** @param {number} seed */
  constructor(seed) {
    this.#next = sequence(seed);
  }

  /** An integer from `low` to `high`, both included. */
  int(low, high) {
    return low + Math.floor(this.#next() * (high - low + 1));
  }

  /** True in `share` of the calls (0 to 1). */
  chance(share) {
    return this.#next() < share;
  }

  pick(list) {
    return list[this.int(0, list.length - 1)];
  }

  hex(length) {
    let text = '';
    while (text.length < length) text += this.int(0, 15).toString(16);
    return text;
  }

  shuffled(list) {
    const copy = [...list];
    for (let last = copy.length - 1; last > 0; last--) {
      const other = this.int(0, last);
      [copy[last], copy[other]] = [copy[other], copy[last]];
    }
    return copy;
  }
}
