// How long a call of the shim took: the caller knows when it began (src/kata/durations.ts), and is asked for each such record.
import { F_FLAGS } from './facts';
import { K_COMPONENT, K_MARKS, setDurationText } from './kata-record';
import { AGENT, CALL } from './kata-words';

/** Where the record stands that is asked for, and the one of which the answer is there. */
let asked: usize = 0;
let answered: usize = 0;
let record: usize = 0;

/** The record that the caller is asked about. */
export function callRecord(): usize {
  return record;
}

/** The answer: the member of the object as it is written, empty where there is none. */
export function setDuration(start: usize, end: usize): void {
  setDurationText(start, end);
  answered = asked;
}

/** Whether the caller has to be asked about the record `k`, which stands at `place`. */
export function lacksDuration(k: usize, place: usize): bool {
  const isAnswered = answered == place;
  answered = 0;
  asked = place;
  record = k;
  const marks: usize = load<u32>(k, K_MARKS);
  const isCall = marks != 0 && (load<u32>(marks, F_FLAGS) & CALL) != 0 && load<u32>(k, K_COMPONENT) != AGENT;
  if (!isCall) setDurationText(0, 0);
  return isCall && !isAnswered;
}
