// What a node's own log keeps of a Go shim: the journal with both copies of each record, containerd's and CRI-O's files,
// rsyslog's, a collection that was split, a monitor's pod log.
import { logrusText, timeNano, timeNine } from '../formats.js';
import { Random } from '../random.js';
import { sceneGroups, shimItems } from './items.js';
import { asByteArray, CONTAINERD, JOURNALD, journalLine, shimWriter, shortLine, syslogFields } from './journal.js';

const byTime = (one, other) => one.ns - other.ns;
/** journald cuts a line of a service's output there. */
const LINE_MAX = 48 * 1024;
/** Every sandbox's first record is written before the shim has opened syslog. */
const isEarly = (item) => item.said.msg === 'Create() start';

const padded = ({ line }) => logrusText(line.ns, line.level, line.msg, line.fields, timeNine);

function* shims(seed) {
  for (const scenes of sceneGroups(seed)) {
    const own = scenes.map((scene) => containerdItem(scene));
    yield* [...own, ...scenes.flatMap((scene) => [...shimItems(scene)])].sort(byTime);
  }
}

/** containerd tells pod and sandbox. */
function containerdItem({ sandbox, phases }) {
  const ns = phases[0].startNs - 2_000_000;
  const msg = `RunPodSandbox for &PodSandboxMetadata{Name:${sandbox.pod},Uid:${sandbox.uid},Namespace:${sandbox.namespace},Attempt:0,} returns sandbox id "${sandbox.id}"`;
  const text = logrusText(ns, 'info', msg, {}, timeNine);
  // In a file that names no writer, nothing but its text tells that it is containerd's.
  const said = { component: ['containerd', null], level: 'info', msg, time: timeNine(ns) };
  return { ns, kind: 'containerd', shape: null, text, said, stream: sandbox.id };
}

/** containerd's output in a file of its own, as k3s keeps it: its records and every shim's. */
export function* containerdFile(seed) {
  for (const item of shims(seed)) yield item.kind === 'shim' ? { ...item, text: padded(item) } : item;
}

/** The node's journal. Writes straight to the file, since a record has two lines there. */
export function nodeJournal(ctx, seed, records) {
  const random = new Random(seed);
  const state = { file: ctx.file, random, sequence: 1 };
  const end = ctx.folder.records + records;
  for (const item of shims(seed)) {
    if (ctx.folder.records >= end) return;
    writeEntries(state, item, ctx.rates);
  }
}

function entry(state, ns, writer, fields) {
  return state.file.line(journalLine(ns, writer, state.sequence++, fields));
}

const STREAM = { _STREAM_ID: '8f0a54c3c2f94be9a7d0c3b1a2e4f607', PRIORITY: '6' };
const copyFields = (text) => ({ ...STREAM, MESSAGE: text });

/** The rates of what befalls a journal; `rates(shape, rate)` is the rate to use. */
function writeEntries(state, item, rates) {
  const { file, random } = state;
  if (item.kind === 'containerd') {
    const line = entry(state, item.ns, CONTAINERD, copyFields(item.text));
    return file.truth(line, line, null, 'exact', item.said);
  }
  if (random.chance(rates('C5', 0.002))) lineMax(state, item);
  if (random.chance(rates('C22', 0.001))) suppressed(state, item);
  const said = { ...item.said, sandbox: item.stream };
  if (isEarly(item)) {
    const line = entry(state, item.ns, CONTAINERD, copyFields(padded(item)));
    return file.truth(line, line, item.shape, item.shape ? 'salvage' : 'exact', item.said);
  }
  if (random.chance(rates('C12', 0.004))) return nulInDatagram(state, item, said);
  if (random.chance(rates('C13', 0.002))) return noMessage(state, item, said);
  const fields = syslogFields(item.ns, item.said.level, item.pid, item.text);
  const line = entry(state, item.ns, shimWriter(item), fields);
  const copy = entry(state, item.ns, CONTAINERD, copyFields(padded(item)));
  file.truthTwice(line, file.place(copy, copy), said);
}

/** C5: a record beyond 48 KiB, which syslog refuses, comes over containerd in pieces. */
function lineMax(state, item) {
  const big = `get config content ${'[hypervisor.qemu] enable_iommu = false valid_entropy_sources = /dev/urandom '.repeat(780)}`;
  const ns = item.ns + 1000;
  const fields = { ...item.line.fields };
  const text = logrusText(ns, 'info', big, fields, timeNine);
  const pieces = text.match(new RegExp(`.{1,${LINE_MAX}}`, 'gs'));
  const numbers = pieces.map((piece, index) => {
    const cut = index < pieces.length - 1 ? { _LINE_BREAK: 'line-max' } : {};
    return entry(state, ns, CONTAINERD, { ...copyFields(piece), ...cut });
  });
  const said = { ...item.said, level: 'info', msg: big, time: timeNine(ns) };
  state.file.truth(numbers[0], numbers.at(-1), 'C5', 'salvage', said);
}

/** C22: journald's rate limit. */
function suppressed(state, item) {
  const count = state.random.int(20, 9000);
  const MESSAGE = `Suppressed ${count} messages from containerd.service`;
  const line = entry(state, item.ns, JOURNALD, { MESSAGE, PRIORITY: '6' });
  state.file.truth(line, line, 'C22', 'flag', {});
}

/** C12: the datagram holds a NUL: the message ends there, the raw text does not. */
function nulInDatagram(state, item, said) {
  const text = `${item.text} zone=a`;
  const fields = syslogFields(item.ns, item.said.level, item.pid, text);
  const at = Math.floor(item.text.length / 2);
  const withNul = (whole, place) => `${whole.slice(0, place)}\0${whole.slice(place)}`;
  const head = fields.SYSLOG_RAW.length - text.length - 1;
  const line = entry(state, item.ns, shimWriter(item), {
    ...fields,
    MESSAGE: text.slice(0, at),
    SYSLOG_RAW: asByteArray(withNul(fields.SYSLOG_RAW, head + at)),
  });
  state.file.truth(line, line, 'C12', 'salvage', withoutNul(said, item, at));
}

/** The NUL may stand inside a value that is asserted; nothing is said of how it is written then. */
function withoutNul(said, item, at) {
  const open = /([^\s=]+)=(?:"(?:[^"\\]|\\.)*|[^\s"]*)$/.exec(item.text.slice(0, at))?.[1];
  const keys = {
    msg: 'msg',
    level: 'level',
    time: 'time',
    sandbox: 'sandbox',
    container: 'container',
    source: 'component',
  };
  const key = keys[open];
  return key === undefined ? said : { ...said, [key]: key === 'sandbox' ? said.sandbox : null };
}

/** C13: exported without --all. */
function noMessage(state, item, said) {
  const fields = { ...syslogFields(item.ns, item.said.level, item.pid, item.text), MESSAGE: null, SYSLOG_RAW: null };
  const line = entry(state, item.ns, shimWriter(item), fields);
  state.file.truth(line, line, 'C13', 'flag', { sandbox: said.sandbox });
}

const crioTime = (ns) => timeNine(ns).replace('T', ' ');

/** `journalctl -o short` of kata and CRI-O. */
export function* shortJournal(seed) {
  for (const item of shims(seed)) {
    if (item.kind === 'shim') {
      yield {
        ...item,
        text: shortLine(item.ns, 'kata', item.pid, item.text),
        kind: 'short',
        head: shortLine(item.ns, 'kata', item.pid, ''),
      };
      continue;
    }
    const msg = `Ran pod sandbox ${item.stream} with infra container: shop/web/POD`;
    const fields = { id: `${item.stream.slice(0, 8)}-04c1`, name: '/runtime.v1.RuntimeService/RunPodSandbox' };
    const text = shortLine(item.ns, 'crio', 990, logrusText(item.ns, 'info', msg, fields, crioTime));
    yield { ...item, kind: 'crio', text, said: { component: 'crio', level: 'info', msg, time: timeNine(item.ns) } };
  }
}

/** C13: `[23B blob data]`. */
function blob(ctx, item) {
  const line = ctx.file.line(`${item.head}[${ctx.random.int(12, 900)}B blob data]`);
  ctx.file.truth(line, line, 'C13', 'flag', {});
}

export const SHORT_DAMAGE = [['C13', (item) => item.kind === 'short', 0.004, blob]];

/** rsyslog's file: the same prefix, control characters as #ooo. */
export function* rsyslogFile(seed) {
  for (const item of shortJournal(seed)) if (item.kind === 'short') yield item;
}

/** C25: a text of several lines, whose newlines rsyslog writes as #012. */
function octal(ctx, item) {
  const version = ctx.random.int(7, 9);
  const msg = `QMP initialized: Version {\n\tmajor: ${version},\n\tminor: 1,\n}`;
  const line = ctx.file.line(`${item.head}${msg.replaceAll('\n', '#012').replaceAll('\t', '#011')}`);
  ctx.file.truth(line, line, 'C25', 'salvage', { msg });
  ctx.sound(item);
}

export const RSYSLOG_DAMAGE = [['C25', () => true, 0.01, octal]];

/** A pod's log in the form of the CRI: the monitor's records; long ones in parts. */
export function monitorLog(ctx, seed, records) {
  const random = new Random(seed);
  let ns = 3_600_000_000_000;
  for (let left = records; left > 0; left--) {
    ns += random.int(1_000_000, 9_000_000_000);
    const cri = `${timeNano(ns + 120_000)} stderr`;
    const sandbox = random.hex(64);
    const msg = random.pick(['sandbox cache: added pod', 'sandbox cache: removed pod', 'aggregate sandbox metrics']);
    const text = logrusText(ns, 'info', msg, { name: 'kata-monitor', pid: 1, pod: sandbox });
    const said = { component: 'monitor', level: 'info', msg, time: timeNine(ns) };
    if (random.chance(0.9)) {
      const line = ctx.file.line(`${cri} F ${text}`);
      ctx.file.truth(line, line, null, 'exact', said);
      continue;
    }
    const at = random.int(60, text.length - 5);
    const first = ctx.file.line(`${cri} P ${text.slice(0, at)}`);
    const last = ctx.file.line(`${cri} F ${text.slice(at)}`);
    ctx.file.truth(first, last, null, 'exact', said);
  }
}

/** C24: a collection in parts that were cut by bytes, as `split -b` does. @param files one for each part */
export function splitCollection(seed, records, files) {
  const random = new Random(seed);
  const each = Math.ceil(records / files.length);
  let part = 0;
  let inPart = 0;
  let left = records;
  for (const scenes of sceneGroups(seed)) {
    for (const item of scenes.flatMap((scene) => [...shimItems(scene)]).sort(byTime)) {
      if (left-- <= 0) return;
      const file = files[part];
      if (++inPart < each || item.shape !== null || part + 1 === files.length) {
        const line = file.line(item.text);
        file.truth(line, line, item.shape, item.shape ? 'salvage' : 'exact', item.said);
        continue;
      }
      const at = random.int(20, item.text.length - 8);
      const first = file.lastLine(item.text.slice(0, at));
      part++;
      inPart = 0;
      const second = files[part].line(item.text.slice(at));
      file.truthAcross(first, files[part].place(second, second), 'C24', item.said);
    }
  }
}
