// What is known of a text by itself, whoever wrote it where: written once into the arena, for the fast road to read.
// Offsets and flags are those of formats/scan/assembly/facts.ts and kata-words.ts.
import type { Arena } from '../../core/arena.ts';
import type { Keys } from '../../core/event.ts';
import type { KataFunctions } from '../../core/scanner.ts';
import { CONTAINERD_MESSAGE } from '../build.ts';
import {
  COMPONENT_OF_NAME,
  GO_SOURCES,
  HYPERVISORS,
  isId,
  NUMBER,
  ORPHAN_SUBSYSTEMS,
  ROLE_OF,
  type Role,
  sandboxOfCommandLine,
  sandboxOfText,
  UTILITY_COMMANDS,
  VM_TEXT,
  WORD,
} from '../identity.ts';
import { levelOf } from '../level.ts';
import { type Marker, markerOf, templateOf } from '../lifecycle.ts';
import { containerInText, GUEST_CONSOLE, namesInText, QMP_EVENT } from '../message-facts.ts';
import { isBegunSubsystem, isNamedMessage } from '../salvage-logfmt.ts';
import { mayHoldSecret } from '../secret-words.ts';
import { beginsStack } from '../stack-groups.ts';
import { COMPONENTS, HYPERVISOR_NUMBERS, LEVEL_NUMBERS } from './fragments.ts';

// ---- facts, as 32-bit words
const FLAGS = 0;
const LEVEL = 1;
const COMPONENT = 2;
const HYPERVISOR = 3;
const MARK = 4;
const TEMPLATE = 6;
const POD = 8;
const POD_GENERATION = 10;
/** Of a command line: the sandbox that it names. Of a message: the container that it names, and what runs in it. */
const SANDBOX = 11;
const CONTAINER = 11;
const EXEC = 12;

const FLAG_TESTS: readonly (readonly [number, (text: string, marker: Marker) => boolean])[] = [
  [1, () => true],
  [2, (text) => WORD.test(text)],
  [4, (text) => NUMBER.test(text)],
  [8, isId],
  [16, beginsStack],
  [32, isPlainRoads],
  [64, (_, { problem }) => problem === true],
  [128, (text) => CONTAINERD_MESSAGE.test(text)],
  [256, (text) => text === 'kata-proxy' || text === 'kata-shim'],
  [512, (text) => text === 'kata-shim'],
  [1024, (text) => UTILITY_COMMANDS.has(text)],
  [2048, (text) => ORPHAN_SUBSYSTEMS.has(text)],
  [4096, (text) => text === 'qemu'],
  [8192, (text) => VM_TEXT.test(text)],
  [16_384, (text) => GO_SOURCES.has(text)],
  [32_768, (text) => text === 'agent'],
  [65_536, (text) => text === 'runtime'],
  [131_072, (text) => text === 'virtiofsd'],
  [262_144, (text) => text === GUEST_CONSOLE],
  [524_288, (text) => text === 'containerd-shim-v2'],
  [1_048_576, isBegunSubsystem],
  [2_097_152, isCall],
  [4_194_304, (text) => text === 'containerd' || text === 'dockerd'],
  [8_388_608, (text) => text === 'crio'],
  [16_777_216, (text) => text === 'containerd' || text === 'crio'],
  [33_554_432, (text) => sandboxOfText(text) !== undefined],
  [67_108_864, isNamedMessage],
  [134_217_728, (text) => text === 'kata'],
  [268_435_456, (text) => text === QMP_EVENT],
  [536_870_912, (text) => containerInText(text) !== undefined],
];

function flagsOf(text: string, marker: Marker): number {
  let flags = 0;
  for (const [flag, test] of FLAG_TESTS) if (test(text, marker)) flags |= flag;
  return flags;
}

const ID_FLAGS = flagsOf('0'.repeat(64), {});

/** Messages that wrap others, say that others are missing, or name something in their text. */
function isPlainRoads(text: string, { event }: Marker): boolean {
  if (event === 'console-lost' || event === 'suppressed' || event === 'dropped') return true;
  if (text.startsWith('time=') || namesInText(text)) return true;
  return text === GUEST_CONSOLE || text === 'read firecracker fifo';
}

/** Messages that begin or end a call of the shim. */
function isCall(_: string, { rpc, rpc_edge: edge }: Marker): boolean {
  return rpc !== undefined && edge !== undefined && /^[A-Z]/.test(rpc);
}

// ---- uses of keys
const NOTHING = 1;
const REFUSED = 2;
const NAMED_KEYS = ['time', 'ts', 'name', 'source', 'command', 'arch', 'ID', 'vmconsole', 'stream'] as const;
const USES: ReadonlyMap<Role | (typeof NAMED_KEYS)[number], number> = new Map([
  ['msg', 3],
  ['level', 4],
  ['sandbox', 5],
  ['sandbox-alias', 6],
  ['container', 7],
  ['exec', 8],
  ['pid', 9],
  ['vm_pid', 10],
  ['exit_code', 11],
  ['error', 12],
  ['subsystem', 13],
  ['time', 14],
  ['ts', 15],
  ['name', 16],
  ['source', 17],
  ['command', 18],
  ['arch', 19],
  ['ID', 20],
  ['vmconsole', 21],
  ['stream', 22],
] as const);
const NAMED: ReadonlySet<string> = new Set(NAMED_KEYS);
/** Fields of the entry of a journal. */
const ENTRY_USES: ReadonlyMap<string, number> = new Map([
  ['MESSAGE', 32],
  ['SYSLOG_IDENTIFIER', 33],
  ['_SOURCE_REALTIME_TIMESTAMP', 34],
  ['__REALTIME_TIMESTAMP', 35],
  ['_PID', 36],
  ['SYSLOG_PID', 37],
  ['_LINE_BREAK', 38],
  ['_TRANSPORT', 39],
  ['_BOOT_ID', 40],
  ['_CMDLINE', 41],
  ['PRIORITY', 42],
  ['NAME', 43],
  ['SOURCE', 44],
  ['SUBSYSTEM', 45],
  ['CONTAINER_ID', 46],
  ['EXEC_ID', 47],
  ['PID', 48],
  ['STREAM', 49],
]);
/** JavaScript puts such a name before all others. */
const NUMBER_NAME = /^\d+$/;
/** Names of texts that hold another record. */
const WRAPS: ReadonlySet<string> = new Set(['MESSAGE', 'message', 'log', 'contents']);

/** What a pair of that name, which Kata wrote as `own`, is used for. */
export function keyUse(name: string, own: string): number {
  if (mayHoldSecret(name) || NUMBER_NAME.test(name) || own.endsWith('`')) return REFUSED;
  const entryUse = ENTRY_USES.get(name);
  if (entryUse !== undefined) return entryUse;
  const role = NAMED.has(own) ? (own as 'time') : ROLE_OF.get(own);
  if (WRAPS.has(own) || role === 'request') return REFUSED;
  return role === undefined ? NOTHING : (USES.get(role) ?? NOTHING);
}

/** What is needed of a scanner's thread. */
export interface FastHost {
  readonly arena: Arena;
  readonly keys: Keys;
  readonly kata: KataFunctions;
}

export class Facts {
  readonly #host: FastHost;

  constructor(host: FastHost) {
    this.#host = host;
  }

  /** The text that facts are of. */
  text(facts: number): string {
    const { arena, kata } = this.#host;
    const start = kata.factsText(facts);
    return arena.u8.toString('utf8', start, start + kata.factsTextBytes(facts));
  }

  /** The facts of a text; 0: there is no room. */
  of(text: string): number {
    const { arena, kata } = this.#host;
    const bytes = Buffer.from(text);
    const start = kata.factsRoom(bytes.length);
    if (start === 0) return 0;
    arena.u8.set(bytes, start);
    return kata.factsOf(start, start + bytes.length);
  }

  /** Writes facts; false: there is no room. */
  write(facts: number): boolean {
    const text = this.text(facts);
    const { i32 } = this.#host.arena;
    const at = facts >> 2;
    // Most texts are ids, and an id is nothing else.
    if (isId(text)) {
      i32[at + FLAGS] = ID_FLAGS;
      return true;
    }
    const marker = markerOf(text);
    if (!this.#refer(facts, MARK, markJson(marker))) return false;
    const component = COMPONENT_OF_NAME.get(text);
    const level = levelOf(text);
    const hypervisor = HYPERVISORS.get(text);
    if (level !== undefined) i32[at + LEVEL] = LEVEL_NUMBERS.indexOf(level) + 1;
    if (component !== undefined) i32[at + COMPONENT] = COMPONENTS.indexOf(component) + 1;
    if (hypervisor !== undefined) i32[at + HYPERVISOR] = HYPERVISOR_NUMBERS.indexOf(hypervisor) + 1;
    const sandbox = sandboxOfCommandLine(text);
    if (sandbox !== undefined) {
      const named = this.of(sandbox);
      if (named === 0) return false;
      i32[at + SANDBOX] = named;
    }
    i32[at + FLAGS] = flagsOf(text, marker);
    return this.#nameContainer(at, text);
  }

  #nameContainer(at: number, text: string): boolean {
    const named = containerInText(text);
    if (!named || this.#host.arena.i32[at + SANDBOX] !== 0) return true;
    const container = this.of(named.container);
    const exec = named.exec === undefined ? 0 : this.of(named.exec);
    if (container === 0 || (exec === 0 && named.exec !== undefined)) return false;
    const { i32 } = this.#host.arena;
    i32[at + CONTAINER] = container;
    i32[at + EXEC] = exec;
    return true;
  }

  /** Answers what is asked of a long message. @param room where what it marks can be written. */
  writeMessage(room: number): void {
    const { arena, kata } = this.#host;
    const { i32, u8 } = arena;
    const text = u8.toString('latin1', kata.wantedMessage(), kata.wantedMessageEnd());
    const at = kata.messageFactsRoom() >> 2;
    const marker = markerOf(text);
    i32[at + FLAGS] = flagsOf(text, marker);
    i32[at + MARK] = room;
    i32[at + MARK + 1] = room + u8.write(markJson(marker), room, 'latin1');
    kata.noteMessage();
  }

  writeTemplate(facts: number): boolean {
    return this.#refer(facts, TEMPLATE, `,"template":${JSON.stringify(templateOf(this.text(facts)))}`);
  }

  /** @param pod what is written of the pod of a sandbox; empty where none is known. */
  writePod(facts: number, pod: string, generation: number): boolean {
    if (!this.#refer(facts, POD, pod)) return false;
    this.#host.arena.i32[(facts >> 2) + POD_GENERATION] = generation;
    return true;
  }

  #refer(facts: number, word: number, text: string): boolean {
    const { arena, kata } = this.#host;
    const start = kata.factsRoom(text.length * 3);
    if (start === 0) return false;
    const { i32, u8 } = arena;
    i32[(facts >> 2) + word] = start;
    i32[(facts >> 2) + word + 1] = start + u8.write(text, start, 'utf8');
    return true;
  }
}

function markJson({ phase, event, rpc, rpc_edge: edge }: Marker): string {
  let json = '';
  if (phase !== undefined) json += `,"phase":"${phase}"`;
  if (event !== undefined) json += `,"event":"${event}"`;
  if (rpc !== undefined) json += `,"rpc":"${rpc}","rpc_edge":"${edge ?? 'start'}"`;
  return json;
}
