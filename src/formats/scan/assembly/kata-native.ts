// What runtime-rs writes to the journal by itself: fields instead of a text with pairs. The twin of nativePairs and readNative
// (src/kata/build.ts).
// biome-ignore-all lint/correctness/noPrecisionLoss: integers of AssemblyScript have 64 bits.
import { isDigit } from './bytes';
import { mayBeMonotonic } from './kata-console';
import { fieldOf, messageEnd, messageStart } from './kata-frame';
import { take } from './kata-pairs';
import { AS_TEXT, K_COMPONENT, K_ERA, K_LEVEL, K_MSG, K_TIME, setInstant, setText } from './kata-record';
import {
  ERA_RS_JOURNAL,
  OTHER,
  READ,
  RUNTIME,
  U_CONTAINER,
  U_ENTRY_CONTAINER,
  U_ENTRY_EXEC,
  U_ENTRY_NAME,
  U_ENTRY_OWN_PID,
  U_ENTRY_PRIORITY,
  U_ENTRY_SOURCE,
  U_ENTRY_SOURCE_TIME,
  U_ENTRY_STREAM,
  U_ENTRY_SUBSYSTEM,
  U_ENTRY_TIME,
  U_ENTRY_TRANSPORT,
  U_EXEC,
  U_PID,
  U_SOURCE,
  U_SUBSYSTEM,
} from './kata-words';
import { S_END, S_START } from './layout';

const QUOTE: u32 = 34;
const BLANK: u32 = 32;
const BRACE: u32 = 123;
const BRACKET: u32 = 91;
const SLASH: u32 = 47;
const EQUALS: u32 = 61;
const LESS: u32 = 60;
const COLON: u32 = 58;
const DASH: u32 = 45;
/** Of microseconds since the epoch: more than those of a second, no more than a double holds. */
const MICROS_MIN_DIGITS: usize = 7;
const MICROS_MAX_DIGITS: usize = 17;

function textIs(span: usize, head: u64, tail: u32, bytes: usize): bool {
  const s: usize = load<u32>(span, S_START * 4) + 1;
  return load<u32>(span, S_END * 4) - s == bytes + 1 && load<u64>(s) == head && load<u32>(s + bytes - 4) == tail;
}

/** Whether runtime-rs wrote the entry itself: `_TRANSPORT` is `journal`, `NAME` `kata-runtime`. */
export function isNative(): bool {
  const transport = fieldOf(U_ENTRY_TRANSPORT);
  const name = fieldOf(U_ENTRY_NAME);
  // "journal" and the quote behind it
  return (
    transport != 0 &&
    name != 0 &&
    textIs(transport, 0x226c616e72756f6a, 0x6c616e72, 7) &&
    textIs(name, 0x6e75722d6174616b, 0x656d6974, 12)
  );
}

/** The time of the entry into K_TIME; false: it has none, or one that cannot be read. */
function readEntryTime(k: usize): bool {
  const span = fieldOf(U_ENTRY_SOURCE_TIME) != 0 ? fieldOf(U_ENTRY_SOURCE_TIME) : fieldOf(U_ENTRY_TIME);
  if (span == 0) return false;
  const s: usize = load<u32>(span, S_START * 4) + 1;
  const e: usize = load<u32>(span, S_END * 4) - 1;
  if (e - s < MICROS_MIN_DIGITS || e - s > MICROS_MAX_DIGITS) return false;
  let micros: u64 = 0;
  for (let p = s; p < e; p++) {
    if (!isDigit(load<u8>(p))) return false;
    micros = micros * 10 + load<u8>(p) - 48;
  }
  setInstant(k + K_TIME, <f64>(micros / 1000000), <u32>(micros % 1000000) * 1000);
  return true;
}

/** By slog's priorities, see src/kata/level.ts; 0: it is none. */
function levelOfPriority(span: usize): u32 {
  const s: usize = load<u32>(span, S_START * 4) + 1;
  const priority: u32 = <u32>load<u8>(s) - 48;
  if (load<u32>(span, S_END * 4) - s != 2 || priority > 7) return 0;
  return priority < 3 ? 6 : 8 - priority;
}

/** Whether the entry says which stream of a hypervisor's it is of. */
export function hasStreamField(): bool {
  return fieldOf(U_ENTRY_STREAM) != 0;
}

/** Takes the field of a use, if it is there, as what it is of a record. */
function takeField(k: usize, entryUse: u32, use: u32): u32 {
  const span = fieldOf(entryUse);
  return span == 0 ? READ : take(k, use, span);
}

/** Takes what the fields say into `k`, which is clear. */
export function readNative(k: usize): u32 {
  const start = messageStart();
  const end = messageEnd();
  if (start == end || mayBeFramed(start, end) || !readEntryTime(k)) return OTHER;
  let result = takeField(k, U_ENTRY_SUBSYSTEM, U_SUBSYSTEM);
  if (result == READ) result = takeField(k, U_ENTRY_SOURCE, U_SOURCE);
  if (result == READ) result = takeField(k, U_ENTRY_CONTAINER, U_CONTAINER);
  if (result == READ) result = takeField(k, U_ENTRY_EXEC, U_EXEC);
  if (result == READ) result = takeField(k, U_ENTRY_OWN_PID, U_PID);
  if (result != READ) return result;
  store<u32>(k, RUNTIME, K_COMPONENT);
  store<u32>(k, ERA_RS_JOURNAL, K_ERA);
  const priority = fieldOf(U_ENTRY_PRIORITY);
  if (priority != 0) store<u32>(k, levelOfPriority(priority), K_LEVEL);
  setText(k + K_MSG, start, end, AS_TEXT);
  return READ;
}

// ---- a frame in the frame: src/kata/frame.ts has them all, here is what none of them begins with

function isLetter(c: u32): bool {
  return (c | 32) - 97 < 26;
}

/** Behind the word of letters, digits, `_`, `.` and `-` at `p`. */
function wordEnd(p: usize, e: usize): usize {
  for (; p < e; p++) {
    const c: u32 = load<u8>(p);
    if (!isLetter(c) && !isDigit(c) && c != 95 && c != 46 && c != 45) break;
  }
  return p;
}

/** Whether what stands at `p` may be a record: `{`, `[`, `time=`. */
function mayBeRecord(p: usize, e: usize): bool {
  if (p >= e) return false;
  const c: u32 = load<u8>(p);
  return c == BRACE || c == BRACKET || load<u32>(p) == 0x656d6974;
}

function pastBlanks(p: usize, e: usize): usize {
  while (p < e && (load<u8>(p) == BLANK || load<u8>(p) == 9)) p++;
  return p;
}

/** Whether behind the bracket stands a time, a stamp of journalctl's, or the name of a pod. */
function mayBeBracketed(p: usize, e: usize): bool {
  const first: u32 = load<u8>(p);
  if (p >= e || (first != BLANK && !isDigit(first))) return p >= e || first == 112;
  if (load<u8>(p + 2) == COLON || load<u8>(p + 4) == DASH) return true;
  while (p < e && load<u8>(p) != 93) p++;
  return mayBeMonotonic(p + 2, e);
}

/** Whether the text `[s, e)` may begin with a frame: a date, a mark of pasted text. What an object is, is not asked here. */
function mayBeFramed(s: usize, e: usize): bool {
  const first: u32 = load<u8>(s);
  if (first == BRACE || first == QUOTE || first == SLASH || first == EQUALS) return false;
  // `<6>Mar  2`, and what only looks like it.
  if (first == LESS) return e - s < 2 || isDigit(load<u8>(s + 1));
  if (first == BRACKET) return mayBeBracketed(s + 1, e);
  if (!isLetter(first)) return true;
  if (first < 97) {
    // `Mar  2 00:00:00`, `Mon Mar  2`, `Mon 2026-03-02`
    const fourth: u32 = load<u8>(s + 4);
    return e - s > 4 && load<u8>(s + 3) == BLANK && (fourth == BLANK || isDigit(fourth) || fourth - 65 < 26);
  }
  // `name | `, and `name name ` before a record.
  const word = wordEnd(s, e);
  const next = pastBlanks(word, e);
  if (next == word || next >= e) return false;
  if (load<u8>(next) == 124) return true;
  const second = wordEnd(next, e);
  return mayBeRecord(next, e) || (second > next && mayBeRecord(pastBlanks(second, e), e));
}
