// What goes wrong on a guest's console and between it and the log: C1-C4, C9-C11, C14-C17, C26 of the catalogue.
import { kernelLine, timeNine } from '../formats.js';
import { consoleItem } from './items.js';

/** Kernel texts that may stand inside a JSON text: without quotes and braces, since the end of such a one cannot be told. */
const KERNEL_TEXTS = [
  'sd 0:0:0:0: [sda] 20971520 512-byte logical blocks',
  'random: crng init done',
  'EXT4-fs (vda): mounted filesystem with ordered data mode. Quota mode: none.',
  'pci 0000:01:02.0: BAR 0 [io 0x1000-0x103f]: assigned',
  'virtio_blk virtio5: 1/0/0 default/read/poll queues',
  'cgroup: fork rejected by pids controller in /kubepods/burstable',
  'EXT4-fs (pmem0p1): mounted filesystem ro with ordered data mode, no journal',
  'TCP: Hash tables configured (established 16384, bind 16384)',
];

const kernelText = ({ random }) => kernelLine(random.int(900_000, 90_000_000) * 1000, random.pick(KERNEL_TEXTS));
const isAgent = (item) => item.kind === 'agent' && item.inner.length < 4000;
const isConsole = (item) => item.inner !== undefined && item.kind !== 'panic';
const isKernel = (item) => item.kind === 'kernel' && item.shape === null;
const put = ({ file }, item, inner, ns = item.ns) => file.line(item.carry(inner, ns));

/** Places in a JSON text where a value or key ends: a quote that is not escaped, behind the text's begin. */
function joints(text) {
  return [...text.matchAll(/(?<!\\)"(?=[,:}])/g)].map(({ index }) => index).filter((index) => index > 12);
}

/** C1: kernel text inside an agent's record; in a third of the cases the record goes on in the next line. */
function kernelInside(ctx, item) {
  const { random, file } = ctx;
  const noise = kernelText(ctx);
  const said = { ...item.said };
  const kernel = consoleItem(noise, item, item.ns).said;
  if (random.chance(0.66)) {
    const at = random.pick(joints(item.inner));
    const line = put(ctx, item, item.inner.slice(0, at) + noise + item.inner.slice(at));
    file.truth(line, line, 'C1', 'salvage', said);
    file.truth(line, line, 'C1', 'salvage', kernel);
    return;
  }
  const at = random.int(9, item.inner.length - 4);
  const first = put(ctx, item, item.inner.slice(0, at) + noise);
  const last = put(ctx, item, item.inner.slice(at), item.ns + 41_000);
  file.truth(first, last, 'C1', 'salvage', { ...said, time: eitherTime(item, 41_000) });
  file.truth(first, first, 'C1', 'salvage', kernel);
}

/** A record that came in two pieces has the time of one of them, where the wrapper gives the time. */
function eitherTime(item, laterNs) {
  return item.said.sandbox ? [item.said.time, timeNine(item.ns + laterNs)] : item.said.time;
}

/** C2: newlines inside an agent's record, sometimes a whole kernel line in between. */
function newlineInside(ctx, item) {
  const { random, file } = ctx;
  if (random.chance(0.25)) {
    inThree(ctx, item);
    return;
  }
  const at = random.int(9, item.inner.length - 2);
  const first = put(ctx, item, item.inner.slice(0, at));
  if (random.chance(0.3)) {
    const noise = kernelText(ctx);
    const line = put(ctx, item, noise, item.ns + 20_000);
    file.truth(line, line, null, 'exact', consoleItem(noise, item, item.ns + 20_000).said);
  }
  const last = put(ctx, item, item.inner.slice(at), item.ns + 41_000);
  file.truth(first, last, 'C2', 'salvage', { ...item.said, time: eitherTime(item, 41_000) });
}

function inThree(ctx, item) {
  const third = Math.floor(item.inner.length / 3);
  const first = put(ctx, item, item.inner.slice(0, third));
  put(ctx, item, item.inner.slice(third, 2 * third), item.ns + 20_000);
  const last = put(ctx, item, item.inner.slice(2 * third), item.ns + 41_000);
  const said = {
    ...item.said,
    time: item.said.sandbox ? [...eitherTime(item, 41_000), timeNine(item.ns + 20_000)] : item.said.time,
  };
  ctx.file.truth(first, last, 'C2', 'salvage', said);
}

/** C3: the newline between two lines is lost. */
function newlineLost(ctx, item) {
  if (ctx.random.chance(0.3)) {
    kernelTwice(ctx, item);
    return;
  }
  const noise = kernelText(ctx);
  const before = ctx.random.chance(0.5);
  const line = put(ctx, item, before ? `${noise}        ${item.inner}` : `${item.inner}${noise}`);
  ctx.file.truth(line, line, 'C3', 'salvage', item.said);
  ctx.file.truth(line, line, 'C3', 'salvage', consoleItem(noise, item, item.ns).said);
}

/** Two kernel lines on one, padded as a terminal does; the agent's own line comes sound. */
function kernelTwice(ctx, item) {
  const [one, other] = [kernelText(ctx), kernelText(ctx)];
  const line = put(ctx, item, `${one}${' '.repeat(ctx.random.int(2, 30))}${other}`);
  for (const text of [one, other]) ctx.file.truth(line, line, 'C3', 'salvage', consoleItem(text, item, item.ns).said);
  ctx.sound(item);
}

/** C4: a line beyond the watcher's 64 KiB ends it; nothing of this guest comes after. */
function watcherDies(ctx, item) {
  const { sandbox } = item.said;
  ctx.silent.add(item.stream);
  const text = item
    .carry('', item.ns)
    .replace('level=debug', 'level=error')
    .replace('"reading guest console"', '"Failed to read guest console logs"')
    .replace(' name=', ' error="bufio.Scanner: token too long" name=')
    .replace(/ vmconsole=.*$/, '')
    .replace(/ console-protocol=unix (console-url=\S+) (error="[^"]*")/, ' console-protocol=unix $1 $2');
  const line = ctx.file.line(text);
  ctx.file.truth(line, line, 'C4', 'flag', { component: 'shim', level: 'error', time: item.said.time, sandbox });
}

/** C9: carriage returns: at the end, between two kernel lines, or in a line that is written over. */
function carriageReturn(ctx, item) {
  if (ctx.random.chance(0.8)) {
    const line = put(ctx, item, item.inner + ctx.random.pick(['\r', '\r\r']));
    ctx.file.truth(line, line, 'C9', 'salvage', item.said);
    return;
  }
  if (ctx.random.chance(0.4)) {
    const kernels = [kernelText(ctx), kernelText(ctx)];
    const line = put(ctx, item, kernels.join('\r'));
    for (const text of kernels) ctx.file.truth(line, line, 'C9', 'salvage', consoleItem(text, item, item.ns).said);
    return;
  }
  const kept = `fsck: ${ctx.random.int(11, 99)} percent done`;
  const line = put(ctx, item, `fsck: ${ctx.random.int(1, 9)} percent done\r${kept}`);
  ctx.file.truth(line, line, 'C9', 'salvage', consoleItem(kept, item, item.ns).said);
}

/** C11: bytes of the firmware and of a serial line that starts up. */
function controlBytes(ctx, item) {
  if (ctx.random.chance(0.3)) {
    const kept = 'SeaBIOS (version rel-1.16.3-0-ga6ed6b701f0a)';
    const line = put(ctx, item, `\x1bc\x1b[?7l\x1b[2J\x1b[0m${kept}\x00`);
    ctx.file.truth(line, line, 'C11', 'salvage', consoleItem(kept, item, item.ns).said);
    ctx.sound(item);
    return;
  }
  const noise = ctx.random.pick(['\x07', '\x00', '\x00\x00\x07']);
  const line = put(ctx, item, `${item.inner}${noise}`);
  ctx.file.truth(line, line, 'C11', 'salvage', item.said);
}

/** C14: the watcher passes an empty line. */
function emptyLine(ctx, item) {
  const line = put(ctx, item, '');
  ctx.file.truth(line, line, 'C14', 'drop', {});
  ctx.sound(item);
}

const FOREIGN = [
  '{"severity":3,"message":"attestation: no verifier","module":"aa::kbc","retry":true}',
  '{"timestamp":1772449200,"fields":{"message":"confidential data hub up","socket":"/run/cdh.sock"},"target":"ttrpc_cdh"}',
  '{"event":"ready","took_ms":17,"listeners":["tcp:8080","unix:/run/app.sock"]}',
];

/** C15: a JSON record of somebody else on the console. */
function foreignJson(ctx, item) {
  const line = put(ctx, item, ctx.random.pick(FOREIGN));
  const { sandbox, time } = item.said.sandbox ? item.said : {};
  ctx.file.truth(line, line, 'C15', 'salvage', {
    component: ['guest-other', 'guest-json', 'workload', null],
    sandbox,
    time,
  });
  ctx.sound(item);
}

/** C16: quotes inside a text that nobody escaped. */
function bareQuotes(ctx, item) {
  const line = put(ctx, item, item.inner.replaceAll('\\"', '"'));
  ctx.file.truth(line, line, 'C16', 'salvage', item.said);
}

/** C26: what a terminal, a paste or a tool puts before a line. */
function pasted(ctx, item) {
  if (item.kind === 'kernel') {
    const line = put(ctx, item, `${' '.repeat(ctx.random.int(3, 40))}${item.inner}`);
    ctx.file.truth(line, line, 'C26', 'salvage', item.said);
    return;
  }
  const prefix = ctx.random.pick(['> ', '| ', '[pod/kata-debug-x7k2p/reader] ']);
  const line = ctx.file.line(prefix + item.text);
  ctx.file.truth(line, line, 'C26', 'salvage', item.said);
}

/** Shape · the items it can befall · how often of those · what it does. */
export const CONSOLE_DAMAGE = [
  ['C1', isAgent, 0.01, kernelInside],
  ['C2', isAgent, 0.008, newlineInside],
  ['C3', isAgent, 0.008, newlineLost],
  ['C9', isConsole, 0.01, carriageReturn],
  ['C11', isKernel, 0.004, controlBytes],
  ['C15', isKernel, 0.002, foreignJson],
  ['C16', (item) => isAgent(item) && item.said.msg.startsWith('rpc call'), 0.01, bareQuotes],
];

/** Only where the shim wraps the console. */
export const WATCHER_DAMAGE = [
  ['C4', isConsole, 0.0002, watcherDies],
  ['C14', isKernel, 0.004, emptyLine],
];

export const PASTE_DAMAGE = [['C26', (item) => item.kind !== 'panic' && item.shape === null, 0.003, pasted]];

/** C17: the lines of a panic are one record. */
export function writePanic({ file }, item) {
  const numbers = item.block.map((inner, index) => file.line(item.carry(inner, item.ns + index * 9_000)));
  const texts = item.texts ?? item.block;
  const msg = [texts[0], texts.join('\n')];
  file.truth(numbers[0], numbers.at(-1), 'C17', 'salvage', { ...item.said, msg });
}
