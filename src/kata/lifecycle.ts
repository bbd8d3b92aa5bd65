// What a message marks in the life of a sandbox, and what in it is trouble.
import type { Kata } from './record.ts';

/** Shared and frozen: what all records with one message have in common. */
export interface Marker {
  readonly phase?: string;
  readonly event?: string;
  readonly rpc?: string;
  readonly rpc_edge?: 'start' | 'end';
  readonly problem?: true;
}

const NONE: Marker = Object.freeze({});

/** Messages as they are written, by phase. */
const PHASE_TEXTS: Readonly<Record<string, readonly string[]>> = {
  'shim-up': ['loaded configuration', 'start to run'],
  network: ['create netns', 'endpoints found after scan'],
  'vm-prepare': ['Starting VM', 'Preparing QEMU VM', 'start virtiofsd successfully'],
  'vm-exec': ['start vm', 'qemu process started'],
  'vm-api': ['QMP details', 'QMP initialized'],
  'vm-started': ['VM started', 'console watcher starts', 'begin to connect agent'],
  'agent-up': ['announce', 'ttRPC server started', 'New client', 'Agent started in the sandbox'],
  'sandbox-started': ['Sandbox is started', 'sandbox is started', 'kata management inited'],
  'container-start': ['enter container.start!', 'exec fifo opened!'],
  'container-started': ['Container is started', 'container started', 'created container!', 'start wait process'],
  exit: ['Publishing container exit status', 'handling signal'],
  stop: [
    'Stopping sandbox in the VM',
    'Stopping VM',
    'Stopping Sandbox',
    'Cleanup vm path',
    'Cleanup agent',
    'stop the console watcher',
    'begin stop sandbox',
    'Stopping QEMU VM',
    'sandbox stopped',
    'delete hypervisor',
    'resource clean up',
    'end to run service',
  ],
  abnormal: ['mark agent dead', 'Cleanup container', 'sandbox stopped unexpectedly', 'write error to watcher'],
};

const PHASE_OF: ReadonlyMap<string, string> = new Map(
  Object.entries(PHASE_TEXTS).flatMap(([phase, texts]) => texts.map((text) => [text, phase])),
);

/** Beginnings of messages, by phase. */
const PHASE_PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/^get config (?:path|content)/, 'shim-up'],
  [/^(?:network info|get network entity from config)/, 'network'],
  [/^(?:launching \S+ with: |qemu args: |Start logging QEMU )/, 'vm-exec'],
  [/^QMP initialized/, 'vm-api'],
  [/^(?:Freeing unused kernel|Run \/(?:sbin\/)?init as init process)/, 'kernel-done'],
  [/^vsock: connected to /, 'agent-up'],
  [/^(?:OCI Spec Spec |receive createcontainer, spec: )/, 'container-create'],
  [/^do_exec_process cid: /, 'exec'],
  [/^(?:container process exited with|end wait process exit code|cid \S+ eid \S+ received exit signal)/, 'exit'],
  [/^(?:watchSandbox gets an error or stop signal|failed to ping |failed to do \S+ agent health check)/, 'abnormal'],
];

const PHASE_OF_RPC: Readonly<Record<string, string>> = {
  create_sandbox: 'sandbox-create',
  create_container: 'container-create',
  start_container: 'container-start',
  exec_process: 'exec',
  online_cpu_mem: 'hotplug',
  remove_container: 'stop',
  destroy_sandbox: 'stop',
  Create: 'container-create',
  Start: 'container-start',
  Exec: 'exec',
  Kill: 'stop',
  Delete: 'stop',
  Shutdown: 'stop',
};

const EVENTS: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:thread '.*' panicked at |A panic occurred|panic: |fatal error: )|Kernel panic - not syncing|GUEST_PANICKED/,
    'panic',
  ],
  [
    /^(?:got an OOM event|get_oom_event return|write oom file|send oom event for container|Out of memory: |Memory cgroup out of memory|oom-kill:)| invoked oom-killer:/,
    'oom',
  ],
  [/^=== BEGIN goroutine stack dump ===|^goroutine \d+ \[/, 'goroutine-dump'],
  // journald's limit; the kernel's buffer, read too late; rsyslog's limits.
  [/^(?:Suppressed \d+ messages from |Missed \d+ kernel messages|imuxsock lost \d+ messages from )/, 'suppressed'],
  [/^\S+: \d+ messages lost due to rate-limiting/, 'suppressed'],
  [/^slog-async: logger dropped messages/, 'dropped'],
  [/^Failed to read guest console logs/, 'console-lost'],
  [/^console watcher quits/, 'console-watcher-quits'],
  [/^QEMU exited with an error|^virtiofsd quits|^The virtiofsd had stopped|^QEMU: terminating/, 'process-lost'],
  [
    /^(?:Request to hypervisor to update|recently hot-add memory|Start hot-plug|VFIO network device hotplugged|hotplugged memory|Qmp::hotplug|QMP hotplug|got uevent message|Currently \d+ onlined CPU|wait_for_pci_device)/,
    'hotplug',
  ],
  // What Kata's own tests look for, and what tells that an agent or a hypervisor is gone.
  [
    /^(?:mark agent dead|sandbox stopped unexpectedly|watchSandbox gets an error|failed to ping |failed to do \S+ agent health check|try to dump guest memory|createContainer failed|Failed to pull image|Failed to decrypt the image layer)|Image policy rejected: |Not authorized|verity: .* metadata block .* is corrupted|hook failed: |fatal signal/,
    'failure',
  ],
  [/(?:^|\W)segfault at [0-9a-f]+/, 'segfault'],
  [/^initcall \S+ returned /, 'initcall'],
];

const PROBLEM_EVENTS: ReadonlySet<string> = new Set([
  'panic',
  'oom',
  'suppressed',
  'dropped',
  'console-lost',
  'process-lost',
  'segfault',
  'failure',
]);

const GO_RPC = /^([A-Z][A-Za-z]+)\(\) (start|end)$/;
const AGENT_RPC = /^rpc call from shim to agent: "(\w+)"$/;

// Most messages come again: what they mean is found once. A message that is longer is looked at each time.
const KNOWN_MAX = 4096;
const KNOWN_TEXT_MAX = 100;
const known = new Map<string, Marker>();

export function markerOf(message: string): Marker {
  if (message.length > KNOWN_TEXT_MAX) return find(message.slice(0, 400));
  const found = known.get(message);
  if (found) return found;
  if (known.size >= KNOWN_MAX) known.clear();
  const marker = find(message);
  known.set(message, marker);
  return marker;
}

/** Words of which every pattern below has one: most messages have none. */
const SUSPECT = new RegExp([...PHASE_PATTERNS, ...EVENTS].map(([pattern]) => pattern.source).join('|'));

/** What a guest's kernel says that marks anything. */
const KERNEL_SUSPECT =
  /^(?:Freeing unused|Run \/|Out of |Memory cgroup|oom-kill|initcall )|panic|segfault at|oom-killer|verity: |hook failed: /;

/** The words of KERNEL_SUSPECT that may stand anywhere. */
export const TROUBLE_WORDS: readonly string[] = ['panic', 'segfault at', 'oom-killer', 'verity: ', 'hook failed: '];

function find(message: string): Marker {
  const rpc = rpcOf(message);
  if (rpc) return rpc;
  if (!PHASE_OF.has(message) && !SUSPECT.test(message)) return NONE;
  const phase = PHASE_OF.get(message) ?? PHASE_PATTERNS.find(([pattern]) => pattern.test(message))?.[1];
  const event = EVENTS.find(([pattern]) => pattern.test(message))?.[1];
  if (phase === undefined && event === undefined) return NONE;
  return Object.freeze({
    ...(phase !== undefined && { phase }),
    ...(event !== undefined && { event }),
    ...(event !== undefined && PROBLEM_EVENTS.has(event) && { problem: true as const }),
  });
}

function rpcOf(message: string): Marker | undefined {
  const go = GO_RPC.exec(message);
  const name = go?.[1] ?? AGENT_RPC.exec(message)?.[1];
  if (name === undefined) return undefined;
  const phase = PHASE_OF_RPC[name];
  const edge = go?.[2] === 'end' ? 'end' : 'start';
  return Object.freeze({ rpc: name, rpc_edge: edge, ...(phase !== undefined && edge === 'start' && { phase }) });
}

/** Adds to a record what its message marks. */
export function mark(kata: Kata): void {
  const { msg } = kata;
  // Most of the kernel's lines are new ones: it would be of no use to remember them.
  const isPlain = msg === undefined || (kata.kernel_time !== undefined && !KERNEL_SUSPECT.test(msg));
  if (!isPlain) take(kata, markerOf(msg));
  if (kata.level === 'error' || kata.level === 'critical') kata.problem = true;
  if (kata.problem && msg !== undefined) kata.template = templateOf(msg);
}

function take(kata: Kata, { phase, event, rpc, rpc_edge: edge, problem }: Marker): void {
  if (phase !== undefined) kata.phase = phase;
  if (event !== undefined) kata.event = event;
  if (rpc !== undefined) kata.rpc = rpc;
  if (edge !== undefined) kata.rpc_edge = edge;
  if (problem) kata.problem = true;
}

const VARIABLE =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b0x[0-9a-f]+\b|\b[0-9a-f]{12,}\b|(?:\/[\w.@+-]+){2,}|\d+(?:\.\d+)*/gi;
const TEMPLATE_MAX = 300;

const knownTemplates = new Map<string, string>();

/** The message with numbers, ids and paths as `*`: equal for messages of one kind. */
export function templateOf(message: string): string {
  const found = knownTemplates.get(message);
  if (found !== undefined) return found;
  const template = makeTemplate(message);
  if (message.length > KNOWN_TEXT_MAX) return template;
  if (knownTemplates.size >= KNOWN_MAX) knownTemplates.clear();
  knownTemplates.set(message, template);
  return template;
}

function makeTemplate(message: string): string {
  return message.slice(0, TEMPLATE_MAX).split('\n', 1).join('').replace(VARIABLE, '*');
}
