// Whose record it is, and what its message marks: the twin of identifyGo and identifySlog (src/kata/identity.ts).
import { F_COMPONENT, F_FLAGS, F_HYPERVISOR, F_POD_GENERATION, F_TEMPLATE, wantFacts } from './facts';
import { commandHasPath, commandSandbox, frameBoot, readCommand } from './kata-frame';
import { holdsStacks } from './kata-held';
import { isLong } from './kata-message';
import { ASK, PID_MAX, sandboxOfContainer, sandboxOfProcess } from './kata-owners';
import { setSandbox } from './kata-pairs';
import {
  generation,
  K_ARCH,
  K_COMMAND,
  K_COMPONENT,
  K_CONSOLE,
  K_CONTAINER_FACTS,
  K_ERA,
  K_FOUND,
  K_HYPERVISOR,
  K_ID,
  K_LEVEL,
  K_MARKS,
  K_MSG_FACTS,
  K_NAME,
  K_PID,
  K_PROBLEM,
  K_SANDBOX_FACTS,
  K_SOURCE,
  K_SUBSYSTEM,
  K_SUBSYSTEM_FACTS,
  K_VM_PID,
  NONE,
  setText,
} from './kata-record';
import { SANDBOX_WORD } from './kata-state';
import {
  AGENT,
  AGENT_SOURCE,
  BEGUN,
  CONSOLE,
  CONTAINERD,
  CONTAINERD_MESSAGE,
  ERA_1X,
  ERA_GO,
  ERA_RS_JSON,
  ERROR,
  GO_SOURCE,
  ID,
  KATA_IDENT,
  KATA_SHIM,
  NAMED_MESSAGE,
  ORPHAN,
  OTHER,
  PLAIN_ROAD,
  PROXY,
  QEMU,
  QEMU_COMPONENT,
  READ,
  RELAY,
  RUNTIME,
  RUNTIME_SOURCE,
  SHIM,
  SHIM_NAME,
  STACK,
  TROUBLE,
  U_CONTAINER,
  U_EXEC,
  U_NAME,
  U_SANDBOX,
  U_SOURCE,
  U_SUBSYSTEM,
  UTILITY,
  VIRTIOFSD,
  VIRTIOFSD_SOURCE,
  VM_TEXT,
  WANTS_CONTAINER,
  WANTS_POD,
  WANTS_PROCESS,
  WANTS_TEMPLATE,
  WARNING,
} from './kata-words';

export function flagsOf(facts: usize): u32 {
  return facts == 0 ? 0 : load<u32>(facts, F_FLAGS);
}

function componentOfSource(k: usize): u32 {
  const source: usize = load<u32>(k, K_SOURCE);
  if (source == 0) return (flagsOf(load<u32>(k, K_SUBSYSTEM_FACTS)) & ORPHAN) != 0 ? SHIM : 0;
  const flags = flagsOf(source);
  if ((flags & AGENT_SOURCE) != 0) return AGENT;
  if ((flags & RUNTIME_SOURCE) != 0) return RUNTIME;
  if ((flags & GO_SOURCE) == 0) return 0;
  return load<u32>(k, K_COMMAND) != 0 && load<u32>(k, K_ARCH) != 0 ? RUNTIME : SHIM;
}

function eraOf(k: usize, component: u32, ident: usize): u32 {
  const names = flagsOf(load<u32>(k, K_NAME)) | flagsOf(ident);
  if (component == PROXY || (names & KATA_SHIM) != 0) return ERA_1X;
  if (component == AGENT || load<u32>(k, K_ID) != 0) return ERA_1X;
  if (component != RUNTIME || (flagsOf(ident) & KATA_IDENT) != 0) return ERA_GO;
  return (flagsOf(load<u32>(k, K_COMMAND)) & UTILITY) != 0 ? ERA_GO : ERA_1X;
}

/** Whose record it is; `ident` = facts of the identifier it came under, if that is a component's own, else 0. */
export function identify(k: usize, ident: usize, neighbour: u32): void {
  const name: usize = load<u32>(k, K_NAME);
  const message = flagsOf(load<u32>(k, K_MSG_FACTS));
  const source = flagsOf(load<u32>(k, K_SOURCE));
  const subsystem: usize = load<u32>(k, K_SUBSYSTEM_FACTS);
  let component: u32 = ident == 0 ? 0 : load<u32>(ident, F_COMPONENT);
  if (component == 0 && name != 0) component = load<u32>(name, F_COMPONENT);
  if (component == 0) component = componentOfSource(k);
  if (component == 0) {
    if (neighbour == 0 && (message & CONTAINERD_MESSAGE) != 0) neighbour = CONTAINERD;
    store<u32>(k, neighbour, K_COMPONENT);
    if (neighbour == 0) setText(k + K_SUBSYSTEM, 0, 0, NONE);
    return;
  }
  store<u32>(k, component, K_COMPONENT);
  store<u32>(k, eraOf(k, component, ident), K_ERA);
  if (load<u32>(k, K_SANDBOX_FACTS) == 0 && (source & ID) != 0) setSandbox(k, load<u32>(k, K_SOURCE));
  if (subsystem != 0) store<u32>(k, load<u32>(subsystem, F_HYPERVISOR), K_HYPERVISOR);
  const level = load<u32>(k, K_LEVEL);
  const isOutput = (flagsOf(subsystem) & QEMU) != 0 && (level == ERROR || level == WARNING) && (message & VM_TEXT) == 0;
  if (load<f64>(k, K_VM_PID) >= 0 && isOutput) store<u32>(k, QEMU_COMPONENT, K_COMPONENT);
  if (component == SHIM && (source & VIRTIOFSD_SOURCE) != 0) store<u32>(k, VIRTIOFSD, K_COMPONENT);
  if ((source & AGENT_SOURCE) != 0 && (component == PROXY || component == SHIM)) store<u32>(k, AGENT, K_COMPONENT);
}

/** The proxy and the shim of 1.x pass on what the agent wrote. */
export function isRelayed(k: usize): bool {
  return (flagsOf(load<u32>(k, K_NAME)) & RELAY) != 0 && (flagsOf(load<u32>(k, K_SOURCE)) & AGENT_SOURCE) != 0;
}

/** What the record's message marks, and whether it is trouble. */
export function marked(k: usize): u32 {
  const facts: usize = load<u32>(k, K_MSG_FACTS);
  const flags = flagsOf(facts);
  const level = load<u32>(k, K_LEVEL);
  if ((flags & PLAIN_ROAD) != 0) return OTHER;
  if (level == ERROR && ((flags & STACK) != 0 || holdsStacks())) return OTHER;
  store<u32>(k, <u32>facts, K_MARKS);
  if (level < ERROR && (flags & TROUBLE) == 0) return READ;
  if (isLong(facts)) return OTHER;
  store<u32>(k, 1, K_PROBLEM);
  if (facts == 0 || load<u32>(facts, F_TEMPLATE) != 0) return READ;
  wantFacts(facts);
  return WANTS_TEMPLATE;
}

/** Processes that serve one sandbox. */
function isServing(component: u32): bool {
  return component == SHIM || component == RUNTIME || component == QEMU_COMPONENT || component == VIRTIOFSD;
}

/** Gives a record that names no sandbox the one that others told of its process or its container. */
function findSandbox(k: usize, flags: u32): u32 {
  const told = readCommand();
  if (told != READ) return told;
  let sandbox = commandSandbox();
  const pid = load<f64>(k, K_PID);
  if (sandbox == 0 && pid >= 0 && isServing(load<u32>(k, K_COMPONENT))) {
    if (pid > PID_MAX) return OTHER;
    sandbox = sandboxOfProcess(<u32>pid, frameBoot());
    if (sandbox == ASK) return WANTS_PROCESS;
  }
  const container: usize = load<u32>(k, K_CONTAINER_FACTS);
  if (sandbox == 0 && container != 0) {
    sandbox = sandboxOfContainer(container);
    wantFacts(container);
    if (sandbox == ASK) return WANTS_CONTAINER;
  }
  if (sandbox != 0) {
    setSandbox(k, sandbox);
    store<u32>(k, 1, K_FOUND);
    return READ;
  }
  // Paths tell it, too.
  if (commandHasPath()) return OTHER;
  return (flags & SANDBOX_WORD) != 0 ? OTHER : READ;
}

/**
 * Finds out which sandbox's the record is, and to which pod that belongs. One that names none has none, but where another may
 * tell. @param flags those of the words in it.
 */
export function hasPod(k: usize, flags: u32): u32 {
  if (load<u32>(k, K_SANDBOX_FACTS) == 0) {
    const result = findSandbox(k, flags);
    if (result != READ) return result;
  }
  const sandbox: usize = load<u32>(k, K_SANDBOX_FACTS);
  if (sandbox == 0) return READ;
  if (load<u32>(sandbox, F_POD_GENERATION) == generation()) return READ;
  wantFacts(sandbox);
  return WANTS_POD;
}

/** The message with which the shim passes a line of the console on. */
export function isConsole(k: usize): bool {
  return (flagsOf(load<u32>(k, K_MSG_FACTS)) & CONSOLE) != 0;
}

/** Whose a record of slog is: the twin of identifySlog; false: nobody's of Kata. */
export function identifySlog(k: usize): bool {
  const name: usize = load<u32>(k, K_NAME);
  const source: usize = load<u32>(k, K_SOURCE);
  let component: u32 = name == 0 ? 0 : load<u32>(name, F_COMPONENT);
  if (component == 0 && (flagsOf(source) & AGENT_SOURCE) != 0) component = AGENT;
  store<u32>(k, component, K_COMPONENT);
  if (component == AGENT) store<f64>(k, -1, K_PID);
  if (component != RUNTIME) return component != 0;
  store<u32>(k, ERA_RS_JSON, K_ERA);
  fillRuntimeRs(k);
  return true;
}

/** runtime-rs gives the sandbox as its source: the twin of fillRuntimeRs. */
export function fillRuntimeRs(k: usize): void {
  const source: usize = load<u32>(k, K_SOURCE);
  if ((flagsOf(source) & ID) != 0) setSandbox(k, source);
  const subsystem: usize = load<u32>(k, K_SUBSYSTEM_FACTS);
  if (subsystem != 0) store<u32>(k, load<u32>(subsystem, F_HYPERVISOR), K_HYPERVISOR);
}

/**
 * Whether a line of logrus's ends before it names its writer, as its message always does, or before the line of a console that it is
 * there for: the twin of looksCut.
 */
export function lacksWriter(k: usize): bool {
  if (isConsole(k) && load<u32>(k, K_CONSOLE) == 0) return true;
  const isNamed = (load<u32>(k, K_NAME) | load<u32>(k, K_SOURCE) | load<u32>(k, K_SUBSYSTEM_FACTS)) != 0;
  return !isNamed && (flagsOf(load<u32>(k, K_MSG_FACTS)) & NAMED_MESSAGE) != 0;
}

/** Whether a line of the shim may have lost its end: the twin of looksCut (src/kata/salvage-logfmt.ts), which is stricter. */
export function mayBeCut(k: usize, lastUse: u32, lastBytes: usize): bool {
  const name: usize = load<u32>(k, K_NAME);
  const source: usize = load<u32>(k, K_SOURCE);
  if ((lastUse == U_SANDBOX || lastUse == U_CONTAINER) && lastBytes >= 16 && lastBytes <= 63) return true;
  const isBegun = lastUse == U_SUBSYSTEM && (flagsOf(load<u32>(k, K_SUBSYSTEM_FACTS)) & BEGUN) != 0;
  if (name == 0) return isBegun || lastUse == U_CONTAINER || lastUse == U_EXEC;
  const isShim = (flagsOf(name) & SHIM_NAME) != 0;
  const component = load<u32>(name, F_COMPONENT);
  // Monitors and others may name no source.
  const namesSource = isShim || component == RUNTIME || component == SHIM || component == PROXY || component == AGENT;
  if (lastUse == U_NAME) return namesSource || component == 0;
  if (!namesSource) return false;
  if (lastUse == U_SUBSYSTEM) return isBegun || source == 0;
  const sources = isShim ? GO_SOURCE : GO_SOURCE | AGENT_SOURCE | RUNTIME_SOURCE;
  return source == 0 || (lastUse == U_SOURCE && (flagsOf(source) & sources) == 0);
}
