// Writes N synthetic Kata records as NDJSON: one day, sandboxes that come and go, the messages of a shim, an agent and a
// guest. The same bytes on every run. Usage: node bench/store/records.js N FILE
import { closeSync, openSync, writeSync } from 'node:fs';

const [count, file] = [Number(process.argv[2]), process.argv[3]];
const START_MS = Date.UTC(2026, 2, 2);
const DAY_MS = 86_400_000;
const RECORDS_PER_SANDBOX = 500;
const LIVE_SANDBOXES = 12;
const FLUSH_BYTES = 1 << 20;

let state = 0x9e3779b9;
function random() {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 2 ** 32;
}
const hex = (digits) => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
const pick = (list) => list[Math.floor(random() * list.length)];

const MESSAGES = [
  ['debug', 'shim', 'reading guest console', () => ({ 'console-protocol': 'unix' })],
  ['info', 'agent', 'receive createcontainer', () => ({ subsystem: 'rpc' })],
  ['debug', 'runtime', 'Request to hypervisor to update vCPUs', (n) => ({ 'cpus-count': n % 8, subsystem: 'qemu' })],
  ['info', 'guest-kernel', 'pci 0000:00:0N.0: BAR 0 assigned', (n) => ({ kernel_time: (n % 3000) / 1000 })],
  ['debug', 'runtime', 'created watcher', () => ({ subsystem: 'virtcontainers' })],
  ['info', 'shim', 'Container is started', () => ({ subsystem: 'katashim' })],
  ['warning', 'runtime', 'failed to get sandbox stats', () => ({ error: 'connection refused' })],
  [
    'debug',
    'agent',
    'rpc call from shim to agent: online_cpu_mem',
    (n) => ({ rpc: 'online_cpu_mem', duration_ms: n % 90 }),
  ],
  ['debug', 'qemu', 'recently hot-add memory device', (n) => ({ slot: n % 4, 'memory-size': 128 })],
  ['error', 'agent', 'wait_for_pci_device timed out after hotplug', () => ({ error: 'timeout' })],
];
const WEIGHTED = [0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 5, 7, 7, 7, 8, 8, 0, 2, 3, 4, 1, 7, 0, 2, 3, 4, 6];

const sandboxes = Array.from({ length: LIVE_SANDBOXES }, () => ({
  id: hex(64),
  pid: 1000 + Math.floor(random() * 60_000),
}));
const fd = openSync(file, 'w');
let out = '';
for (let n = 0; n < count; n++) {
  if (n % RECORDS_PER_SANDBOX === 0)
    sandboxes[Math.floor(random() * LIVE_SANDBOXES)] = { id: hex(64), pid: 1000 + Math.floor(random() * 60_000) };
  const sandbox = pick(sandboxes);
  const [level, component, msg, more] = MESSAGES[n % 997 === 0 ? 9 : pick(WEIGHTED)];
  const micros = Math.floor((n / count) * DAY_MS * 1000);
  const time = `${new Date(START_MS + Math.floor(micros / 1000)).toISOString().slice(0, -1)}${String(micros % 1000).padStart(3, '0')}000Z`;
  const pid = n % 50 === 0 ? String(sandbox.pid) : sandbox.pid;
  const record = {
    '@timestamp': time,
    tag: 'kata.journal',
    SYSLOG_IDENTIFIER: 'kata',
    PRIORITY: level === 'error' ? '3' : '6',
    kata_level: level,
    kata_name: component,
    kata_msg: msg.replace('0N', `0${n % 8}`),
    kata_sandbox: sandbox.id,
    kata_pid: pid,
    kata_source: 'virtcontainers',
    ...more(n),
  };
  if (n % 400 === 0) for (let i = 0; i < 20; i++) record[`eth0_rx_counter_${i}`] = n % (i + 7);
  out += `${JSON.stringify(record)}\n`;
  if (out.length >= FLUSH_BYTES) {
    writeSync(fd, out);
    out = '';
  }
}
writeSync(fd, out);
closeSync(fd);
