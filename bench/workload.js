// The benchmark's input: log lines as Kata Containers writes them, the same bytes on every machine.
//
//   node bench/workload.js json|logfmt SIZE FILE        (SIZE: 200m, 512k, 1000000)
//
// About one record in fifty is nested and long, one in six a line of the guest's console (escapes, tabs, colours);
// some have quotes, text beyond ASCII, numbers of 64 bits. Every record has its own time: verify.js finds it by that.
import * as fs from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Part of the file names: a new number makes everybody generate anew. */
const VERSION = 1;
const DATA = fileURLToPath(new URL('data/', import.meta.url));
const WRITE_CHARS = 1 << 21;
const FIRST_SECOND = Date.UTC(2020, 1, 21, 10, 31, 27) / 1000;

const SUBSYSTEMS = 'sandbox hypervisor qemu qmp container kata_agent filesystem network cgroups device-manager'.split(
  ' ',
);
const COMMANDS = 'create start state exec kill delete list events'.split(' ');
const MODULES = 'virtio_net virtio_blk 9pnet ext4 overlay vsock nvdimm pmem0 brd loop'.split(' ');
const LEVELS = [...'dddddiiiiiiiiwe'].map((letter) => ({ d: 'debug', i: 'info', w: 'warning', e: 'error' })[letter]);
const MESSAGES = [
  'release sandbox',
  'Starting VM',
  'VM started',
  'New client',
  'Setting container state',
  'Replacing OCI mount source',
  'Container is stopped',
  'QMP details: capabilities <oob> & version',
  'no such process; nothing to signal',
  'waiting for process to exit',
  'Agent started in the sandbox',
  'Unmounting share path',
];

/** A generator of numbers with a fixed seed (xorshift32): `below(n)` gives 0 … n-1. */
class Dice {
  #state = 0x2545f491;

  below(limit) {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) % limit;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  hex(length) {
    let text = '';
    while (text.length < length) text += (this.below(0x10000) + 0x10000).toString(16).slice(1);
    return text.slice(0, length);
  }
}

/** The records of a busy node, one after the other. Values are strings, numbers, booleans, bigints, null, nested. */
class Node {
  #dice = new Dice();
  #sandboxes = Array.from({ length: 48 }, () => this.#dice.hex(64));
  #containers = Array.from({ length: 160 }, () => this.#dice.hex(64));
  #seconds = FIRST_SECOND;
  #nanos = 810_781_647;

  next() {
    const kind = this.#dice.below(100);
    const record = kind < 18 ? this.#console() : this.#runtime(kind);
    return { ...record, time: this.#time() };
  }

  /** RFC 3339 as Go prints it: zeros at the end of the fraction are left out. */
  #time() {
    this.#nanos += 15_000 + this.#dice.below(2_800_000);
    if (this.#nanos >= 1e9) {
      this.#nanos -= 1e9;
      this.#seconds += 1;
    }
    const fraction = String(this.#nanos).padStart(9, '0').replace(/0+$/, '');
    return `${new Date(this.#seconds * 1000).toISOString().slice(0, 19)}${fraction && `.${fraction}`}Z`;
  }

  #runtime(kind) {
    const dice = this.#dice;
    const record = {
      arch: 'amd64',
      command: dice.pick(COMMANDS),
      container: dice.pick(this.#containers),
      level: dice.pick(LEVELS),
      msg: dice.pick(MESSAGES),
      name: 'kata-runtime',
      pid: 900 + dice.below(31_000),
      sandbox: dice.pick(this.#sandboxes),
      source: 'virtcontainers',
      subsystem: dice.pick(SUBSYSTEMS),
    };
    if (kind < 20) return { ...record, level: 'debug', subsystem: 'kata_agent', ...this.#request() };
    if (kind < 25) return { ...record, level: 'error', ...this.#failure(record) };
    if (kind < 40) return { ...record, msg: 'resources updated', ...this.#resources() };
    if (kind < 41) return { ...record, msg: `größe ${dice.below(4096)} µs – 设备已启动 ✓` };
    return record;
  }

  #console() {
    const dice = this.#dice;
    const sandbox = dice.pick(this.#sandboxes);
    const uptime = `${dice.below(90)}.${String(dice.below(1_000_000)).padStart(6, '0')}`.padStart(12);
    const module = dice.pick(MODULES);
    const line = dice.pick([
      `[${uptime}] ${module}: module loaded\n`,
      `[${uptime}] ${module}: registered "${module}${dice.below(9)}" device\n`,
      `[${uptime}] EXT4-fs (${module}): mounted filesystem with ordered data mode. Opts: (null)\n`,
      `[${uptime}] Memory: <${dice.below(4_000_000)}K>\tavailable & ${dice.below(9_000)}K reserved\n`,
      `[\u001b[0;32m  OK  \u001b[0m] Started \u001b[0;1;39mKata Containers Agent ${dice.below(99)}\u001b[0m.\r\n`,
    ]);
    return {
      level: dice.pick(['info', 'debug']),
      msg: line,
      name: 'kata-proxy',
      path: `/run/vc/vm/${sandbox}/console.sock`,
      pid: 900 + dice.below(31_000),
      sandbox,
      source: 'agent',
    };
  }

  #failure(record) {
    const code = this.#dice.pick(['NotFound', 'Internal', 'Unavailable', 'DeadlineExceeded']);
    const place = `C:\\shared\\${record.sandbox.slice(0, 12)}`;
    return {
      error: `rpc error: code = ${code} desc = Could not find container "${record.container}" in ${place}`,
      msg: this.#dice.pick(['failed to stop container', 'unable to reach the agent', 'cleanup of the rootfs failed']),
    };
  }

  #resources() {
    const dice = this.#dice;
    return {
      'hotplug-ok': dice.below(2) === 1,
      'load-ratio': dice.below(1000) / 1000,
      'memory-limit': 9_223_372_036_854_771_712n - BigInt(dice.below(4096)) * 4096n,
      'memory-mb': 128 * (1 + dice.below(64)),
      vcpus: 1 + dice.below(16),
    };
  }

  #request() {
    const dice = this.#dice;
    const address = () => `10.88.${dice.below(256)}.${dice.below(256)}`;
    const counters = ['Packets', 'Bytes', 'Errors', 'Dropped', 'FifoErrors', 'Compressed'];
    const count = (way) => counters.map((name) => [way + name, dice.below(name.length > 7 ? 3 : 1_000_000)]);
    const endpoint = {
      Addrs: [{ IP: address(), Label: '', Mask: '/wAAAA==', Peer: null, Scope: 0 }],
      DNS: { Domain: '', Options: [], Search: [], Servers: [address()] },
      Iface: {
        Alias: '',
        EncapType: 'ether',
        HardwareAddr: 'ClgKWAEL',
        Index: 2 + dice.below(9),
        MTU: 1450,
        Name: 'eth0',
        Namespace: null,
        OperState: 'up',
        Promisc: false,
        Statistics: Object.fromEntries([...count('Rx'), ...count('Tx')]),
      },
      Routes: [{ Dst: null, Gw: address(), LinkIndex: 2, Protocol: 3 }],
    };
    const interfaces = Array.from({ length: 1 + dice.below(4) }, (_, index) => ({
      IPAddresses: [{ address: address(), family: 0, mask: '16' }],
      device: `eth${index}`,
      hwAddr: `0a:58:${dice.hex(2)}:${dice.hex(2)}:${dice.hex(2)}:${dice.hex(2)}`,
      mtu: 1450,
      name: `eth${index}`,
      type: 'veth',
    }));
    return { EndpointProperties: endpoint, interfaces, msg: 'sending request' };
  }
}

/** JSON as Go's encoder writes it: `<`, `>` and `&` escaped, keys in order. */
function goJson(value) {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return htmlSafe(JSON.stringify(value));
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `"${key}":${goJson(value[key])}`).join(',')}}`;
}

function htmlSafe(json) {
  return json.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}

/** A value as Go's `%v` prints it. */
function goText(value) {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (typeof value !== 'object') return String(value);
  const keys = Object.keys(value).sort();
  return `map[${keys.map((key) => `${key}:${goText(value[key])}`).join(' ')}]`;
}

const SHORT_ESCAPES = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A value as logrus writes it: bare if it is of plain characters only, else as Go's `%q`. */
function logrusValue(value) {
  const text = goText(value);
  if (/^[\w\-./@^+]+$/.test(text)) return text;
  const quoted = (c) => SHORT_ESCAPES[c] ?? `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`;
  return `"${text.replace(/["\\\0-\x1f\x7f]/g, quoted)}"`;
}

function logfmtLine(record) {
  const first = ['time', 'level', 'msg'];
  const keys = [
    ...first,
    ...Object.keys(record)
      .filter((key) => !first.includes(key))
      .sort(),
  ];
  return keys.map((key) => `${key}=${logrusValue(record[key])}`).join(' ');
}

const LINE_OF = { json: goJson, logfmt: logfmtLine };

/** Bytes of `200m`, `512k`, `1g` or `1000000` (powers of ten). */
export function parseSize(text) {
  const found = /^([1-9]\d{0,11})([kmg]?)$/i.exec(text);
  if (!found) throw new Error(`not a size: ${text} (like 200m)`);
  return Number(found[1]) * { '': 1, k: 1e3, m: 1e6, g: 1e9 }[found[2].toLowerCase()];
}

/** Writes records of `kind` (`json` or `logfmt`) until the file has at least `sizeBytes`. */
export function writeWorkload(kind, sizeBytes, file) {
  const node = new Node();
  const line = LINE_OF[kind];
  if (!line) throw new Error(`not a kind of workload: ${kind} (json or logfmt)`);
  const partial = `${file}.partial`;
  const out = fs.openSync(partial, 'w');
  let written = 0;
  for (let text = ''; written < sizeBytes; ) {
    text += `${line(node.next())}\n`;
    if (text.length < WRITE_CHARS && written + text.length < sizeBytes) continue;
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += fs.writeSync(out, bytes, at);
    written += bytes.length;
    text = '';
  }
  fs.closeSync(out);
  fs.renameSync(partial, file);
}

/** The file of that kind and size below bench/data, generated on first use. */
export function workloadFile(kind, sizeBytes) {
  fs.mkdirSync(DATA, { recursive: true });
  const file = `${DATA}kata-${kind}-${sizeBytes}-v${VERSION}.log`;
  if (!fs.existsSync(file)) writeWorkload(kind, sizeBytes, file);
  return file;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [kind, size, file] = process.argv.slice(2);
  if (!file) throw new Error('usage: node bench/workload.js json|logfmt SIZE FILE');
  writeWorkload(kind, parseSize(size), file);
}
