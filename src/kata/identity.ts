// Whose record it is: component, generation of Kata, sandbox, container, processes, from the pairs that name them.
import { levelOf } from './level.ts';
import { containerOfRequest } from './message-facts.ts';
import type { Component, Era, Kata, Pairs, Value } from './record.ts';

export type Role =
  | 'sandbox'
  | 'sandbox-alias'
  | 'container'
  | 'request'
  | 'exec'
  | 'pid'
  | 'vm_pid'
  | 'error'
  | 'exit_code'
  | 'subsystem'
  | 'msg'
  | 'level';

const NAMES_OF_ROLES: Readonly<Record<Role, readonly string[]>> = {
  msg: ['msg'],
  level: ['level'],
  sandbox: ['sandbox'],
  // These names are used for other things, too: only an id counts.
  'sandbox-alias': ['sandbox_id', 'sandboxid', 'sandbox-id', 'sandboxID', 'ID', 'sid'],
  container: [
    'container',
    'Container',
    'container-id',
    'container_id',
    'containerID',
    'cid',
    'containere_id',
    '`container`',
    'container`',
  ],
  // What the agent of 1.x was asked for, as text.
  request: ['req'],
  exec: ['exec', 'exec-id', 'exec_id', 'eid', 'ExecID', 'execID'],
  pid: ['pid'],
  vm_pid: ['qemuPid', 'StratoVirt Pid', 'vm_pid'],
  error: ['error'],
  exit_code: ['exit-code', 'exit_code', 'exitCode'],
  subsystem: ['subsystem'],
};

export const ROLE_OF: ReadonlyMap<string, Role> = new Map(
  (Object.keys(NAMES_OF_ROLES) as Role[]).flatMap((role) => NAMES_OF_ROLES[role].map((name) => [name, role])),
);

const ID = /^[0-9a-f]{64}$/;
/** What an id or a name looks like. */
export const WORD: RegExp = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
export const NUMBER: RegExp = /^\d{1,15}$/;

export function isId(text: Value | undefined): text is string {
  return typeof text === 'string' && text.length === 64 && ID.test(text);
}

/** Takes from the pairs what has one meaning whoever wrote them. */
export function fillFrom(kata: Kata, pairs: Pairs): void {
  const { keys, values } = pairs;
  for (let index = 0; index < keys.length; index++) {
    const role = ROLE_OF.get(keys[index] as string);
    if (role !== undefined) fillRole(kata, role, values[index] as Value);
  }
}

function fillRole(kata: Kata, role: Role, value: Value): void {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text === 'string' && text !== '') FILL[role](kata, text);
}

const FILL: Readonly<Record<Role, (kata: Kata, text: string) => void>> = {
  msg: (kata, text) => {
    kata.msg = text;
  },
  level: (kata, text) => {
    const level = levelOf(text);
    if (level !== undefined) kata.level = level;
  },
  sandbox: (kata, text) => {
    if (WORD.test(text)) kata.sandbox = text;
  },
  'sandbox-alias': (kata, text) => {
    if (kata.sandbox === undefined && isId(text)) kata.sandbox = text;
  },
  container: (kata, text) => {
    // A number is the guest's vsock context id.
    if (!NUMBER.test(text) && WORD.test(text)) kata.container = text;
  },
  request: (kata, text) => {
    kata.container ??= containerOfRequest(text);
  },
  exec: (kata, text) => {
    if (WORD.test(text)) kata.exec = text;
  },
  error: (kata, text) => {
    kata.error = text;
  },
  subsystem: (kata, text) => {
    kata.subsystem = text;
  },
  pid: (kata, text) => {
    if (NUMBER.test(text)) kata.pid = Number(text);
  },
  vm_pid: (kata, text) => {
    if (NUMBER.test(text)) kata.vm_pid = Number(text);
  },
  exit_code: (kata, text) => {
    if (NUMBER.test(text)) kata.exit_code = Number(text);
  },
};

export const COMPONENT_OF_NAME: ReadonlyMap<string, Component> = new Map([
  ['containerd-shim-v2', 'shim'],
  ['containerd-shim-kata-v2', 'shim'],
  ['kata-runtime', 'runtime'],
  ['kata-proxy', 'proxy'],
  ['kata-shim', 'shim'],
  ['kata-agent', 'agent'],
  ['kata-monitor', 'monitor'],
  ['kata-deploy', 'deploy'],
  ['kata-ctl', 'ctl'],
  ['virtiofsd', 'virtiofsd'],
]);

/** Values of `source` that only the Go shim and the Go runtime write. */
export const GO_SOURCES: ReadonlySet<string> = new Set([
  'containerd-kata-shim-v2',
  'virtcontainers',
  'virtcontainers/monitor',
  'katautils',
  'cgroups',
  'pkg/utils',
  'agent-client',
  'rootless',
  'oci',
  'shim-management',
  'runtime',
]);
/** Loggers that were bound before the shim knew its name: they write `subsystem` or `source` only. */
export const ORPHAN_SUBSYSTEMS: ReadonlySet<string> = new Set([
  'shim-management',
  'virtcontainers/monitor',
  'factory',
  'template',
  'oci',
]);

export const HYPERVISORS: ReadonlyMap<string, string> = new Map([
  ['qemu', 'qemu'],
  ['qmp', 'qemu'],
  ['qemuAmd64', 'qemu'],
  ['qemuArm64', 'qemu'],
  ['qemuS390x', 'qemu'],
  ['qemuPPC64le', 'qemu'],
  ['cloudHypervisor', 'clh'],
  ['cloud-hypervisor', 'clh'],
  ['clh', 'clh'],
  ['firecracker', 'fc'],
  ['stratovirt', 'stratovirt'],
  ['dragonball', 'dragonball'],
]);

/** Pairs that are asked for by their names. */
export interface NamedPairs {
  get(key: string): Value | undefined;
  text(key: string): string | undefined;
}

/** What a Go record says of itself: component and generation. False: it is not Kata's. */
export function identifyGo(kata: Kata, pairs: NamedPairs, ident: string | undefined): boolean {
  const name = pairs.text('name');
  const source = pairs.text('source');
  const named = name === undefined ? undefined : COMPONENT_OF_NAME.get(name);
  const component = componentOfIdent(ident) ?? named ?? componentOfSource(source, pairs);
  if (component === undefined) return false;
  kata.component = component;
  kata.era = eraOfGo(component, name, ident, pairs);
  const hypervisor = HYPERVISORS.get(kata.subsystem ?? '');
  if (hypervisor !== undefined) kata.hypervisor = hypervisor;
  if (kata.vm_pid !== undefined && isVmOutput(kata)) kata.component = 'qemu';
  if (kata.sandbox === undefined && isId(source)) kata.sandbox = source;
  if (component === 'shim' && source === 'virtiofsd') kata.component = 'virtiofsd';
  if (isLeaky(component, source)) kata.component = 'agent';
  return true;
}

/** What QEMU printed comes at these levels; what the shim says of QEMU has a text of its own. */
function isVmOutput(kata: Kata): boolean {
  if (kata.subsystem !== 'qemu' || (kata.level !== 'error' && kata.level !== 'warning')) return false;
  return !VM_TEXT.test(kata.msg ?? '');
}

/** What the shim says of QEMU. */
export const VM_TEXT: RegExp = /^(?:QEMU exited|Start logging QEMU|Stop logging QEMU)/;

/** The proxy and the shim of 1.x pass the agent's own text on under their names. */
function isLeaky(component: Component, source: string | undefined): boolean {
  return source === 'agent' && (component === 'proxy' || component === 'shim');
}

function componentOfIdent(ident: string | undefined): Component | undefined {
  if (ident === undefined || ident === 'kata' || ident === 'containerd' || ident === 'crio') return undefined;
  return COMPONENT_OF_NAME.get(ident);
}

function componentOfSource(source: string | undefined, pairs: NamedPairs): Component | undefined {
  if (source === undefined) return ORPHAN_SUBSYSTEMS.has(pairs.text('subsystem') ?? '') ? 'shim' : undefined;
  if (source === 'agent') return 'agent';
  if (source === 'runtime') return 'runtime';
  if (!GO_SOURCES.has(source)) return undefined;
  return pairs.get('command') !== undefined && pairs.get('arch') !== undefined ? 'runtime' : 'shim';
}

export const UTILITY_COMMANDS: ReadonlySet<string> = new Set([
  'check',
  'env',
  'metrics',
  'factory',
  'iptables',
  'policy',
  'direct-volume',
]);

function eraOfGo(component: Component, name: string | undefined, ident: string | undefined, pairs: NamedPairs): Era {
  if (component === 'proxy' || name === 'kata-shim' || ident === 'kata-shim') return '1x';
  if (component === 'agent' || pairs.get('ID') !== undefined) return '1x';
  // The tag of 1.x is the program's own name.
  if (component !== 'runtime' || ident === 'kata') return 'go';
  return UTILITY_COMMANDS.has(pairs.text('command') ?? '') ? 'go' : '1x';
}

/** What a slog record (agent, runtime-rs, kata-ctl) says of itself. False: it is not Kata's. */
export function identifySlog(kata: Kata, pairs: NamedPairs): boolean {
  const component =
    COMPONENT_OF_NAME.get(pairs.text('name') ?? '') ?? (pairs.get('source') === 'agent' ? 'agent' : undefined);
  if (component === undefined) return false;
  kata.component = component;
  if (component === 'runtime') {
    kata.era = 'rs-json';
    fillRuntimeRs(kata, pairs.get('source'));
  }
  return true;
}

/** runtime-rs gives the sandbox as `source`. */
export function fillRuntimeRs(kata: Kata, source: Value | undefined): void {
  if (isId(source)) kata.sandbox = source;
  const hypervisor = HYPERVISORS.get(kata.subsystem ?? '');
  if (hypervisor !== undefined) kata.hypervisor = hypervisor;
}

const PATH_WITH_SANDBOX =
  /\/(?:run\/vc\/(?:vm|sbs)|run\/kata|run\/kata-containers\/shared\/sandboxes)\/([0-9a-f]{64})(?![0-9a-f])|sandbox-([0-9a-f]{64})(?![0-9a-f])/;

/** Words of which every text that names a sandbox so has one. */
export const SANDBOX_WORDS: readonly string[] = ['/run/vc/', '/run/kata/', '/shared/sandboxes/', 'sandbox-'];

/** A sandbox that is named by a path or by QEMU's `-name sandbox-<id>`. */
export function sandboxOfText(text: string): string | undefined {
  if (!SANDBOX_WORDS.some((word) => text.includes(word))) return undefined;
  const match = PATH_WITH_SANDBOX.exec(text);
  return match?.[1] ?? match?.[2];
}

/** `… -id <sandbox> …` of a shim's command line. */
export function sandboxOfCommandLine(text: string): string | undefined {
  if (!text.includes(' -id ')) return undefined;
  return / -id ([A-Za-z0-9][A-Za-z0-9._-]{0,127})(?: |$)/.exec(text)?.[1];
}
