// Whose processes and containers there are: what was said last of each, and what the caller is asked about.
import { F_SANDBOX, F_SANDBOX_GENERATION } from './facts';
import { LEARN_CONTAINER, LEARN_PROCESS, learn } from './kata-lessons';
import { generation, K_COMPONENT, K_CONTAINER_FACTS, K_ERA, K_FOUND, K_PID, K_SANDBOX_FACTS } from './kata-record';
import { ERA_RS_JOURNAL, SHIM } from './kata-words';

/**
 * Which sandbox's a process was said to be last: number of the process, facts of the sandbox (0: nobody said), generation,
 * facts of the boot.
 */
const PROCESSES: usize = memory.data(16384, 16);
const PROCESS_MASK: u32 = 1023;
/** In place of facts: the caller has to be asked. */
export const ASK: usize = 1;
export const PID_MAX: f64 = 2147483647;

/** Whether the record's process has a number that can be noted. */
export function hasNotablePid(k: usize): bool {
  return load<f64>(k, K_PID) <= PID_MAX;
}

/** The entry of a process's number; the last one there may be of another one. */
function processEntry(number: u32): usize {
  return PROCESSES + <usize>(number & PROCESS_MASK) * 16;
}

function isNoted(entry: usize, number: u32, sandbox: usize, boot: usize): bool {
  if (load<u32>(entry) != number || load<u32>(entry, 4) != sandbox) return false;
  return load<u32>(entry, 8) == generation() && load<u32>(entry, 12) == boot;
}

function note(entry: usize, number: u32, sandbox: usize, boot: usize): void {
  store<u32>(entry, number);
  store<u32>(entry, <u32>sandbox, 4);
  store<u32>(entry, generation(), 8);
  store<u32>(entry, <u32>boot, 12);
}

let askedProcess: u32 = 0;
let askedBoot: usize = 0;

/** The number of the process of which is asked whose it is, and facts of the boot that counts it (0 = none is known). */
export function wantedProcess(): u32 {
  return askedProcess;
}

export function wantedProcessBoot(): usize {
  return askedBoot;
}

/** The answer: facts of the sandbox, 0 = nobody said. */
export function noteProcess(sandbox: usize): void {
  note(processEntry(askedProcess), askedProcess, sandbox, askedBoot);
}

/** Facts of the sandbox that the container was said to belong to, 0 = nobody said. */
export function noteContainer(container: usize, sandbox: usize): void {
  store<u32>(container, <u32>sandbox, F_SANDBOX);
  store<u32>(container, generation(), F_SANDBOX_GENERATION);
}

/** Facts of the sandbox that the container belongs to, 0 = nobody said, ASK = it is not known here. */
export function sandboxOfContainer(container: usize): usize {
  return load<u32>(container, F_SANDBOX_GENERATION) == generation() ? load<u32>(container, F_SANDBOX) : ASK;
}

/** As sandboxOfContainer, of the process that the boot counts by the number; it becomes the wanted one. */
export function sandboxOfProcess(number: u32, boot: usize): usize {
  const entry = processEntry(number);
  askedProcess = number;
  askedBoot = boot;
  const isKnown = load<u32>(entry) == number && load<u32>(entry, 8) == generation() && load<u32>(entry, 12) == boot;
  return isKnown ? load<u32>(entry, 4) : ASK;
}

/** Notes whose process and whose container it is, where that is new. @param boot facts of the one that counts processes. */
export function attribute(k: usize, boot: usize): void {
  const sandbox: usize = load<u32>(k, K_SANDBOX_FACTS);
  const container: usize = load<u32>(k, K_CONTAINER_FACTS);
  const pid = load<f64>(k, K_PID);
  // Who was told its sandbox by others tells nobody.
  if (sandbox == 0 || load<u32>(k, K_FOUND) != 0) return;
  const isServing = load<u32>(k, K_COMPONENT) == SHIM || load<u32>(k, K_ERA) == ERA_RS_JOURNAL;
  if (isServing && pid >= 0) {
    const number = <u32>pid;
    const entry = processEntry(number);
    if (!isNoted(entry, number, sandbox, boot)) {
      note(entry, number, sandbox, boot);
      learn(LEARN_PROCESS, number, <u32>sandbox, <u32>boot);
    }
  }
  if (container == 0) return;
  if (sandboxOfContainer(container) == sandbox) return;
  noteContainer(container, sandbox);
  learn(LEARN_CONTAINER, <u32>container, <u32>sandbox);
}
