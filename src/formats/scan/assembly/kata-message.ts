// What a message says that is too long to be kept: the caller is asked about each one.
import { F_BYTES } from './facts';

/** Facts of the message that was asked for last. */
const FACTS: usize = memory.data(64, 16);

let askedStart: usize = 0;
let askedEnd: usize = 0;
let isAnswered: bool = false;

export function wantedMessage(): usize {
  return askedStart;
}

export function wantedMessageEnd(): usize {
  return askedEnd;
}

/** Where the answer is written, and then noted. */
export function messageFactsRoom(): usize {
  memory.fill(FACTS, 0, F_BYTES);
  return FACTS;
}

export function noteMessage(): void {
  isAnswered = true;
}

/** The record is over, or another road's: what is asked next is another message, wherever it stands. */
export function forgetMessage(): void {
  isAnswered = false;
}

/** The facts of the long message `[s, e)`, without a template; 0: they have to be asked for. */
export function longFacts(s: usize, e: usize): usize {
  const isKnown = isAnswered && askedStart == s && askedEnd == e;
  askedStart = s;
  askedEnd = e;
  isAnswered = isKnown;
  return isKnown ? FACTS : 0;
}

export function isLong(facts: usize): bool {
  return facts == FACTS;
}
