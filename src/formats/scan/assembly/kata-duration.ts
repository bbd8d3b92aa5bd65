// How long a call of the shim took: the caller knows when it began (src/kata/durations.ts), is told of each such record, and
// puts what is to be said of its end where it belongs.
import { F_FLAGS } from './facts';
import { learnCall } from './kata-lessons';
import { durationPlace, K_COMPONENT, K_CONTAINER_FACTS, K_EXEC, K_MARKS, K_SANDBOX_FACTS, K_TIME } from './kata-record';
import { AGENT, CALL } from './kata-words';

/** More than `,"duration_ms":…` takes. */
const ROOM_BYTES: usize = 64;

/**
 * Tells of the record `k`, which was just written, if it is one of a call. Bytes that have to stay free behind it.
 * @param endWord where the address of its end is kept.
 */
export function tellCall(k: usize, endWord: usize): usize {
  const marks: usize = load<u32>(k, K_MARKS);
  if (marks == 0 || (load<u32>(marks, F_FLAGS) & CALL) == 0 || load<u32>(k, K_COMPONENT) == AGENT) return 0;
  const call = learnCall(endWord, durationPlace(), marks);
  store<u32>(call, load<u32>(k, K_SANDBOX_FACTS));
  store<u32>(call, load<u32>(k, K_CONTAINER_FACTS), 4);
  store<u64>(call, load<u64>(k, K_EXEC), 8);
  v128.store(call, v128.load(k, K_TIME), 16);
  return ROOM_BYTES;
}
