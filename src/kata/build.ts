// Records put together from the pairs or the text of a piece.
import { type Frame, journalText } from './frame.ts';
import { fillFrom, fillRuntimeRs, identifyGo, identifySlog, type NamedPairs } from './identity.ts';
import { millisBetween, readInstant } from './instant.ts';
import type { KernelLine } from './kernel-text.ts';
import { levelOfPriority } from './level.ts';
import { mark, templateOf } from './lifecycle.ts';
import { fillFromMessage, QMP_EVENT } from './message-facts.ts';
import { finished, inherit, type Piece } from './piece.ts';
import type { ProgramLine } from './program-lines.ts';
import { addRepair, type Component, type Kata, kataWith, newKata, Pairs, type Understood } from './record.ts';
import { isSystemdLog } from './systemd-text.ts';

/** The guest's clock may lag behind the wrapper's by the way through the console; beyond this it is wrong, or the line late. */
const SKEW_MS = 2000;

/** What containerd says of pods, in a file of its own. */
export const CONTAINERD_MESSAGE: RegExp =
  /^(?:RunPodSandbox|StopPodSandbox|RemovePodSandbox|CreateContainer within sandbox|StartContainer|StopContainer|TaskExit event|loading plugin)/;

/** What a record of logrus says, before its surroundings are known. Undefined where it is not Kata's nor containerd's. */
export function readGo(piece: Piece, pairs: Pairs): Kata {
  const kata = newKata();
  fillFrom(kata, pairs);
  const time = pairs.text('time');
  const instant = time === undefined ? undefined : readInstant(time);
  if (instant) kata.time = instant;
  identify(kata, pairs, piece.frame.ident);
  return kata;
}

/** Whose record it is, of Kata's components or their neighbours'. */
export function identify(kata: Kata, pairs: NamedPairs, ident: string | undefined): void {
  if (identifyGo(kata, pairs, ident)) return;
  if (ident === 'containerd' || ident === 'dockerd') kata.component = 'containerd';
  else if (ident === 'crio') kata.component = 'crio';
  else if (CONTAINERD_MESSAGE.test(kata.msg ?? '')) kata.component = 'containerd';
  else kata.subsystem = undefined;
}

export function goRecord(piece: Piece, pairs: Pairs, kata: Kata = readGo(piece, pairs)): Understood {
  if (piece.outer) {
    // libcontainer in the agent of 1.x says neither its name nor its source.
    if (kata.component === undefined && piece.outer.component === 'agent') kata.component = 'agent';
    if (kata.time) kata.guest_time = kata.time;
    inherit(kata, piece);
    noteSkew(kata);
  } else inherit(kata, piece);
  fillFromMessage(kata);
  mark(kata);
  // QEMU's event is a pair of the record that passes it on.
  if (kata.msg === QMP_EVENT && pairs.text('event')?.includes('GUEST_PANICKED') === true) markPanic(kata, pairs);
  return finished(piece, kata, pairs);
}

function markPanic(kata: Kata, pairs: Pairs): void {
  kata.event = 'panic';
  kata.problem = true;
  kata.template = templateOf(`${QMP_EVENT} GUEST_PANICKED`);
  kata.error ??= pairs.text('event');
}

/** A record of slog: the agent, runtime-rs in JSON lines, kata-ctl. Undefined where it is somebody else's. */
export function slogRecord(piece: Piece, pairs: Pairs): Understood | undefined {
  const kata = newKata();
  fillFrom(kata, pairs);
  const ts = pairs.text('ts');
  const instant = ts === undefined ? undefined : readInstant(ts);
  if (ts === undefined || kata.level === undefined || !identifySlog(kata, pairs)) return undefined;
  const isGuest = kata.component === 'agent';
  if (isGuest && instant) kata.guest_time = instant;
  // The agent counts its processes in the guest: its `pid` is no process of the host.
  if (isGuest) kata.pid = undefined;
  if (!piece.outer && instant) kata.time = instant;
  inherit(kata, piece);
  if (piece.outer) noteSkew(kata);
  fillFromMessage(kata);
  mark(kata);
  return finished(piece, kata, pairs);
}

export function noteSkew(kata: Kata): void {
  const { time, guest_time: guest } = kata;
  if (time && guest && Math.abs(millisBetween(guest, time)) > SKEW_MS) addRepair(kata, 'C21');
}

/** JSON on the console that is no record of Kata's: kept as it is, nothing promoted. */
export function foreignJson(piece: Piece, pairs: Pairs): Understood {
  const kata = kataWith({ component: 'guest-other', msg: piece.text });
  inherit(kata, piece);
  addRepair(kata, 'C15');
  return finished(piece, kata, flattened(pairs));
}

/** Nested objects as dotted keys. */
function flattened(pairs: Pairs): Pairs {
  if (!pairs.values.some(isObject)) return pairs;
  const keys: string[] = [];
  const values: Pairs['values'][number][] = [];
  const add = (key: string, value: Pairs['values'][number]): void => {
    if (!isObject(value) || key.length > 500) {
      keys.push(key);
      values.push(value);
    } else for (const [name, inner] of Object.entries(value)) add(`${key}.${name}`, inner);
  };
  for (let index = 0; index < pairs.keys.length; index++) add(pairs.keys[index] as string, pairs.values[index] ?? null);
  return new Pairs(keys, values);
}

function isObject(
  value: Pairs['values'][number] | undefined,
): value is { readonly [key: string]: Pairs['values'][number] } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A line that is text only. */
export function textRecord(piece: Piece, msg: string, known: Kata): Understood {
  const kata = kataWith(known);
  if (msg !== '') kata.msg = msg;
  inherit(kata, piece);
  mark(kata);
  return finished(piece, kata, undefined);
}

/** A line of a program that has a form of its own. */
export function programRecord(piece: Piece, line: ProgramLine): Understood {
  const kata = kataWith({ ...identText(piece), ...line.kata });
  inherit(kata, piece);
  // A frame's time is finer.
  if (line.time) kata.time ??= line.time;
  mark(kata);
  return finished(piece, kata, line.pairs);
}

/** Text that is no record of anybody known. */
export function unknownRecord(piece: Piece): Understood {
  const kata = newKata();
  if (piece.text !== '') kata.msg = piece.text;
  inherit(kata, piece);
  mark(kata);
  const record = finished(piece, kata, undefined);
  record.raw = piece.raw;
  return record;
}

/** A piece of a record that could not be made whole. */
export function partialRecord(piece: Piece, kata: Kata, fields: Pairs | undefined): Understood {
  inherit(kata, piece);
  kata.partial = true;
  mark(kata);
  const record = finished(piece, kata, fields);
  record.raw = piece.raw;
  return record;
}

/** What can be read of an object whose end is missing; on a console it is an agent's. */
export function partialObject(piece: Piece, pairs: Pairs | undefined): Understood {
  const slog = pairs && slogRecord(piece, pairs);
  if (slog) return partialRecord(piece, slog.kata, pairs);
  const kata = newKata();
  if (pairs) fillFrom(kata, pairs);
  if (!(pairs && identifySlog(kata, pairs)) && piece.outer) kata.component = 'agent';
  const instant = readInstant(pairs?.text('ts') ?? '');
  if (kata.component === 'agent') {
    kata.guest_time = instant;
    kata.pid = undefined;
  }
  if (!piece.outer && instant) kata.time = instant;
  return partialRecord(kata.level === undefined ? withoutOuterLevel(piece) : piece, kata, pairs);
}

/** The level of the wrapper is not that of what it wraps. */
function withoutOuterLevel(piece: Piece): Piece {
  return piece.outer ? { ...piece, outer: kataWith({ ...piece.outer, level: undefined }) } : piece;
}

/** A line of a guest's kernel, or of the systemd that writes to its log, whose end is missing. */
export function partialKernelLine(piece: Piece, { seconds, text }: KernelLine): Understood {
  const msg = text.trimEnd();
  const component = isSystemdLog(msg) ? 'guest-systemd' : 'guest-kernel';
  return partialRecord(piece, kataWith({ component, kernel_time: seconds, msg }), undefined);
}

/** A marker of records that are missing here. */
export function gapRecord(piece: Piece, kata: Kata): Understood {
  inherit(kata, piece);
  kata.gap = true;
  const record = finished(piece, kata, undefined);
  record.raw = piece.raw;
  return record;
}

const NATIVE_NAMES: Readonly<Record<string, string>> = {
  SUBSYSTEM: 'subsystem',
  NAME: 'name',
  SOURCE: 'source',
  COMPONENT: 'component',
  CONTAINER_ID: 'container_id',
  EXEC_ID: 'exec_id',
  PID: 'pid',
  VERSION: 'version',
  STREAM: 'stream',
};

/** Fields of runtime-rs that it wrote to the journal by itself; undefined where the frame is no such record. */
export function nativePairs(frame: Frame): Pairs | undefined {
  const { pairs } = frame;
  if (pairs?.text('_TRANSPORT') !== 'journal' || pairs.text('NAME') !== 'kata-runtime') return undefined;
  const keys: string[] = [];
  const values: string[] = [];
  for (let index = 0; index < pairs.keys.length; index++) {
    const name = NATIVE_NAMES[pairs.keys[index] as string];
    const value = journalText(pairs.values[index]);
    if (name === undefined || value === undefined) continue;
    keys.push(name);
    values.push(value);
  }
  return new Pairs(keys, values);
}

/** What a journal-native record of runtime-rs says of itself. */
export function readNative(frame: Frame, pairs: Pairs): Kata {
  const kata = kataWith({ component: 'runtime', era: 'rs-journal' });
  fillFrom(kata, pairs);
  fillRuntimeRs(kata, pairs.get('source'));
  const priority = journalText(frame.pairs?.get('PRIORITY'));
  const level = priority === undefined ? undefined : levelOfPriority(priority, true);
  if (level !== undefined) kata.level = level;
  if (frame.time) kata.time = frame.time;
  return kata;
}

export function nativeRecord(piece: Piece, kata: Kata): Understood {
  if (piece.text !== '') kata.msg = piece.text;
  inherit(kata, piece);
  fillFromMessage(kata);
  mark(kata);
  return finished(piece, kata, undefined);
}

const COMPONENT_OF_IDENT: Readonly<Record<string, Component>> = {
  virtiofsd: 'virtiofsd',
  containerd: 'containerd',
  crio: 'crio',
  'kata-monitor': 'monitor',
  'kata-deploy': 'deploy',
  kata: 'shim',
  'kata-runtime': 'runtime',
  'kata-proxy': 'proxy',
  'kata-shim': 'shim',
};

/** The shim of Go never writes plain text to syslog; runtime-rs's records are nothing else where only their text is left. */
function componentOfText(ident: string, { frame, text }: Piece): Component | undefined {
  return ident === 'kata' && frame.kind === 'syslog' && text !== '' ? 'runtime' : COMPONENT_OF_IDENT[ident];
}

/** Plain text under an identifier that says whose it is. */
export function identText(piece: Piece): Kata {
  const { ident, pairs } = piece.frame;
  const component = ident === undefined ? undefined : componentOfText(ident, piece);
  const priority = journalText(pairs?.get('PRIORITY'));
  // containerd and CRI-O pass everything on at one priority: it says nothing.
  const says = priority !== undefined && pairs?.text('_TRANSPORT') !== 'stdout';
  const level = says ? levelOfPriority(priority, false) : undefined;
  return { ...(component !== undefined && { component }), ...(level !== undefined && { level }) };
}
