// What the caller has to learn from the records: a list that it reads after each stop (src/kata/fast/fast-road.ts).

// ---- what the caller has to learn from the records: four words each
export const LEARN_PROCESS: u32 = 1;
export const LEARN_CONTAINER: u32 = 2;
const LEARN_KERNEL: u32 = 3;
const LEARN_AGENT: u32 = 4;
const LEARN_REPAIR: u32 = 5;
/** With two more entries: facts of sandbox and container, start and end of the exec's name; the time. */
const LEARN_CALL: u32 = 6;
/** Most entries that one record takes. */
const LESSONS_MAX: usize = 8;
const LEARN_BYTES: usize = 16;

let learnsKernel: bool = true;
let learnsAgent: bool = true;
let learned: usize = 0;
let learnedEnd: usize = 0;
let learnedTop: usize = 0;

/** Before a batch: where the list goes. */
export function beginLessons(start: usize, end: usize): void {
  learned = start;
  learnedTop = start;
  learnedEnd = end;
}

export function setLearns(kernel: bool, agent: bool): void {
  learnsKernel = kernel;
  learnsAgent = agent;
}

/** End of what is to be learned; the list is empty afterwards. */
export function takeLearned(): usize {
  const end = learnedTop;
  learnedTop = learned;
  return end;
}

/** Whether there is room for all that one record may teach. */
export function hasLessonRoom(): bool {
  return learnedTop + LEARN_BYTES * LESSONS_MAX <= learnedEnd;
}

/** One entry: what kind of lesson, and three words of it. */
export function learn(kind: u32, a: u32, b: u32, c: u32 = 0): void {
  store<u32>(learnedTop, kind);
  store<u32>(learnedTop, a, 4);
  store<u32>(learnedTop, b, 8);
  store<u32>(learnedTop, c, 12);
  learnedTop += LEARN_BYTES;
}

/** What a whole line of a kernel says; or it was learned before. */
export function learnKernel(start: usize, end: usize): void {
  if (learnsKernel) learn(LEARN_KERNEL, <u32>start, <u32>end);
}

export function learnKernelAgain(): void {
  if (learnsKernel) learn(LEARN_KERNEL, 0, 0);
}

/** A sound record of an agent; or what it says was learned before. */
export function learnAgent(start: usize, end: usize): void {
  if (learnsAgent) learn(LEARN_AGENT, <u32>start, <u32>end);
}

export function learnAgentAgain(): void {
  if (learnsAgent) learn(LEARN_AGENT, 0, 0);
}

/** Counts the repairs of a label. */
export function learnRepair(label: u32): void {
  learn(LEARN_REPAIR, label, 0);
}

/** A call's record: where its end is kept, where its duration belongs, what it marks. The address of what is to be added. */
export function learnCall(endWord: usize, place: usize, marks: usize): usize {
  learn(LEARN_CALL, <u32>endWord, <u32>place, <u32>marks);
  const more = learnedTop;
  learnedTop += LEARN_BYTES * 2;
  return more;
}
