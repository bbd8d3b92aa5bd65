// runtime-rs: the life of a sandbox as the Rust shim logs it, before 3.20 as JSON lines, since then as fields of the journal.
import { epochMicros, rustQuote, slogJson, timeNine } from '../formats.js';
import { WATCHER_DELAY_NS } from '../scene.js';
import { sceneGroups } from './items.js';
import { asByteArray, journalLine } from './journal.js';
import { consoleSaid, guestSaid, LEVELS } from './said.js';

const HYPERVISORS = ['qemu', 'qemu', 'cloud-hypervisor', 'dragonball', 'firecracker'];
/** Of slog-journald: info is "notice" and debug is "info" there. */
const PRIORITIES = { CRIT: 2, ERRO: 3, WARN: 4, INFO: 5, DEBG: 6, TRCE: 7 };

const CONFIG = `TomlConfig { hypervisor: {"qemu": Hypervisor { path: "/opt/kata/bin/qemu-system-x86_64", valid_hypervisor_paths: ["/opt/kata/bin/qemu-system-x86_64"], ${'enable_iommu: false, file_mem_backend: "", '.repeat(220)} kernel_params: "agent.log=debug" }}, agent: {"kata": Agent { debug: true, log_level: "debug" }} }`;

/** [phase of the scene at whose begin it is logged, level, subsystem, message] */
const LIFE = [
  ['prepare', 'INFO', 'shim', 'start to run'],
  [
    'prepare',
    'INFO',
    'runtimes',
    'get config path "/opt/kata/share/defaults/kata-containers/runtime-rs/configuration.toml"',
  ],
  ['prepare', 'INFO', 'runtimes', `get config content ${CONFIG}`],
  ['prepare', 'INFO', 'resource', 'network info NetworkInfo { interface: "eth0", address: "10.88.0.7/16", mtu: 1460 }'],
  ['prepare', 'INFO', 'hypervisor', 'Preparing QEMU VM'],
  ['prepare', 'INFO', 'virt-container', 'start virtiofsd successfully'],
  ['vmm', 'INFO', 'hypervisor', 'start vm'],
  ['vmm', 'INFO', 'hypervisor', 'qemu args: -name sandbox -machine q35,accel=kvm -m 2048M -smp 1 -nographic'],
  ['vmm', 'INFO', 'hypervisor', 'qemu process started'],
  ['kernel', 'DEBG', 'hypervisor', 'QMP initialized'],
  ['kernel', 'INFO', 'agent', 'begin to connect agent "vsock://3:1024"'],
  ['agent', 'INFO', 'agent', 'vsock: connected to agent after 14 attempts'],
  ['create', 'INFO', 'virt-container', 'sandbox is started'],
  [
    'create',
    'DEBG',
    'service',
    '====> task service CreateContainer(ContainerConfig { container_id: "c1", bundle: "/run/b" })',
  ],
  ['start', 'DEBG', 'service', '<==== task service CreateContainer(PID { pid: 4242 })'],
  ['start', 'INFO', 'virt-container', 'start wait process'],
  ['stop', 'WARN', 'virt-container', 'failed to stop io watcher in time'],
  ['stop', 'INFO', 'virt-container', 'begin stop sandbox'],
  ['stop', 'INFO', 'hypervisor', 'Stopping QEMU VM'],
  ['stop', 'INFO', 'virt-container', 'sandbox stopped'],
  ['stop', 'ERRO', 'resource', 'failed to umount rootfs: EBUSY: Device or resource busy'],
  ['stop', 'INFO', 'resource', 'resource clean up'],
  ['stop', 'INFO', 'service', 'end to run service'],
];

const QEMU_STDERR = 'qemu-system-x86_64: warning: host does not support requested feature: CPUID.07H:EBX.hle [bit 4]';

/** What the Rust shim logs of one sandbox: `{ ns, level, msg, subsystem, fields, said, shape }`. */
function* ownRecords(scene, hypervisor) {
  const at = new Map(scene.phases.map(({ name, startNs }) => [name, startNs]));
  let ns = 0;
  for (const [phase, level, subsystem, msg] of LIFE) {
    if (!at.has(phase)) continue;
    ns = Math.max(ns + 41_000, at.get(phase));
    const fields =
      subsystem === 'service' || subsystem === 'virt-container' ? { container_id: scene.sandbox.containers[0].id } : {};
    yield {
      ns,
      level,
      msg,
      subsystem,
      fields,
      shape: null,
      said: { component: ['runtime', 'shim'], level: LEVELS[level], msg },
    };
  }
  if (hypervisor !== 'qemu') return;
  const msg = `qemu stderr: ${rustQuote(QEMU_STDERR)}`;
  const said = {
    component: 'qemu',
    level: ['info', 'warning'],
    msg: [QEMU_STDERR, QEMU_STDERR.replace('warning: ', '')],
  };
  yield {
    ns: (at.get('kernel') ?? ns) + 77_000,
    level: 'INFO',
    msg,
    subsystem: 'hypervisor',
    fields: {},
    shape: 'C18',
    said,
  };
}

/** How each hypervisor's console text gets into a record: message, subsystem, fields, shape. */
const CARRIERS = {
  qemu: (text) => ({ msg: `vm console: ${rustQuote(text)}`, subsystem: 'hypervisor', fields: {}, shape: 'C18' }),
  'cloud-hypervisor': (text) => ({
    msg: rustQuote(text),
    subsystem: 'hypervisor',
    fields: { stream: 'stdout' },
    shape: 'C18',
  }),
  firecracker: (text) => ({ msg: `fc stderr: ${rustQuote(text)}`, subsystem: 'hypervisor', fields: {}, shape: 'C18' }),
  dragonball: (text) => ({ msg: text, subsystem: 'dmesg', fields: {}, shape: null }),
};

function consoleRecord(scene, line, hypervisor) {
  const ns = line.ns + WATCHER_DELAY_NS;
  const said = { ...guestSaid(line, scene.sandbox.id) };
  if (line.kind === 'agent') {
    const shape = line.msg.startsWith('slog-async') ? 'C22' : null;
    return { ns, level: line.level, msg: line.text, subsystem: 'agent', fields: {}, shape, said };
  }
  return {
    ns,
    level: 'INFO',
    ...CARRIERS[hypervisor](line.text),
    said: { ...consoleSaid(line.text) },
    kind: line.kind,
  };
}

function* recordsOf(scene, index) {
  const hypervisor = HYPERVISORS[index % HYPERVISORS.length];
  yield* ownRecords(scene, hypervisor);
  for (const line of scene.guest) {
    if (line.text === '' || line.kind === 'text') continue;
    // Dragonball passes on the kernel's log only, and to the journal goes no raw colour.
    if (hypervisor === 'dragonball' && line.kind !== 'agent' && line.kind !== 'kernel') continue;
    yield consoleRecord(scene, line, hypervisor);
  }
}

/** All sandboxes' records in the order of time: `{ …record, scene }`. */
function* records(seed) {
  let index = 0;
  for (const scenes of sceneGroups(seed)) {
    const group = scenes.flatMap((scene) => [...recordsOf(scene, index++)].map((record) => ({ ...record, scene })));
    yield* group.sort((one, other) => one.ns - other.ns);
  }
}

const COMPONENTS = { agent: 'agent', hypervisor: 'hypervisor', dmesg: 'hypervisor' };

/** Before 3.20: JSON lines. */
export function* runtimeRsJson(seed) {
  for (const record of records(seed)) {
    const { scene, ns, level, msg, subsystem, fields, shape, said } = record;
    const base = {
      name: 'kata-runtime',
      source: scene.sandbox.id,
      pid: scene.sandbox.pid,
      version: '0.1.0',
      subsystem,
    };
    const text = slogJson(scene.random, ns, level, msg, { ...base, ...fields });
    yield { ns, shape, kind: 'json', text, said: { ...said, time: timeNine(ns), sandbox: scene.sandbox.id } };
  }
}

function rustWriter({ sandbox }) {
  const exe = '/opt/kata/runtime-rs/bin/containerd-shim-kata-v2';
  const cmdline = `${exe} -namespace k8s.io -address /run/containerd/containerd.sock -id ${sandbox.id}`;
  return {
    identifier: 'kata',
    transport: 'journal',
    pid: sandbox.pid,
    comm: 'containerd-shim',
    exe,
    cmdline,
    unit: 'kubepods.slice',
  };
}

/** Since 3.20: fields of the journal; the time is the journal's, in microseconds. */
export function* runtimeRsJournal(seed) {
  let sequence = 1;
  for (const record of records(seed)) {
    const { scene, ns, level, msg, subsystem, fields, shape, said, kind } = record;
    const upper = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key.toUpperCase(), value]));
    const own = {
      PRIORITY: String(PRIORITIES[level]),
      NAME: 'kata-runtime',
      SOURCE: scene.sandbox.id,
      PID: String(scene.sandbox.pid),
      VERSION: '0.1.0',
      SUBSYSTEM: subsystem,
      COMPONENT: COMPONENTS[subsystem] ?? 'runtimes',
      ...upper,
      _SOURCE_REALTIME_TIMESTAMP: String(epochMicros(ns)),
    };
    const line = (message) => journalLine(ns, rustWriter(scene), sequence, { ...own, MESSAGE: message });
    sequence++;
    const time = timeNine(Math.floor(ns / 1000) * 1000);
    yield {
      ns,
      shape,
      kind: 'entry',
      text: line(msg),
      line,
      msg,
      isDmesg: kind === 'kernel' && subsystem === 'dmesg',
      said: { ...said, time, sandbox: scene.sandbox.id },
    };
  }
}

/** C13: an export without --all has no value beyond 4,096 bytes. C11: control bytes make the value an array. */
function valueMissing(ctx, item) {
  const line = ctx.file.line(item.line(null));
  ctx.file.truth(line, line, 'C13', 'flag', { sandbox: item.said.sandbox });
}

function bytesForText(ctx, item) {
  const line = ctx.file.line(item.line(asByteArray(`${item.msg}\x07`)));
  ctx.file.truth(line, line, 'C11', 'salvage', item.said);
}

export const ENTRY_DAMAGE = [
  ['C13', (item) => item.msg?.length > 4096, 0.1, valueMissing],
  ['C11', (item) => item.isDmesg, 0.01, bytesForText],
];
