// The sound records of a carrier, one item each:
// `ns` when the carrier wrote it · `said` what is true of it · `shape` of what the components write damaged by nature (colours,
// keys with blanks) · `text` the line · for console text also `inner`, `kind` and `carry(inner, ns)`, which gives the line.
import { logrusText, SECOND_NS, timeNine } from '../formats.js';
import { furtherSandbox } from '../plan.js';
import { WATCHER_DELAY_NS } from '../scene.js';
import { playSandbox } from '../shim.js';
import { consoleSaid, guestSaid, shimSaid } from './said.js';

const TOGETHER = 3;
const SKEW_MARK_NS = 2 * SECOND_NS;
const GROUP_SECONDS = 60;

/** A console line as the shim passes it on: inside a debug record, quoted. */
export function wrapConsole(sandbox, inner, ns, writeTime) {
  const fields = {
    'console-protocol': 'unix',
    'console-url': `/run/vc/vm/${sandbox.id}/console.sock`,
    name: 'containerd-shim-v2',
    pid: sandbox.pid,
    sandbox: sandbox.id,
    source: 'virtcontainers',
    subsystem: 'sandbox',
    vmconsole: inner,
  };
  return logrusText(ns, 'debug', 'reading guest console', fields, writeTime);
}

/** Endless scenes, a few sandboxes at a time, as they run next to each other. */
export function* sceneGroups(seed) {
  for (let index = 0; ; index += TOGETHER) {
    const second = Math.floor(index / TOGETHER) * GROUP_SECONDS;
    yield Array.from({ length: TOGETHER }, (_, other) => playSandbox(furtherSandbox(index + other, second, seed)));
  }
}

function naturalShape(line, wrapped) {
  if (line.msg?.startsWith('slog-async:')) return 'C22';
  if (line.text.includes('\x1b')) return 'C10';
  return wrapped && line.kind === 'agent' && Math.abs(line.guestNs - line.ns) > SKEW_MARK_NS ? 'C21' : null;
}

/** The lines of a panic follow each other and are one record. */
function* panicsJoined(lines) {
  for (let index = 0; index < lines.length; index++) {
    if (lines[index].kind !== 'text') {
      yield lines[index];
      continue;
    }
    const block = [];
    while (lines[index + block.length]?.kind === 'text') block.push(lines[index + block.length].text);
    yield { ...lines[index], kind: 'panic', block };
    index += block.length - 1;
  }
}

/**
 * The console of one guest. `carry(inner, ns)` gives the line; `isWrapped` tells whether it adds time, level and sandbox.
 * @returns items; a panic's has `block`, its lines
 */
export function* consoleItems(scene, carry, isWrapped) {
  for (const line of panicsJoined(scene.guest)) {
    if (line.text === '') continue;
    const ns = line.ns + (isWrapped ? WATCHER_DELAY_NS : 0);
    const sandbox = isWrapped ? scene.sandbox.id : undefined;
    const said =
      line.kind === 'panic'
        ? { component: ['agent', 'guest-other', null], sandbox }
        : { ...guestSaid(line, sandbox), ...carriedTime(line, ns, isWrapped) };
    const item = {
      ns,
      said,
      shape: naturalShape(line, isWrapped),
      inner: line.text,
      kind: line.kind,
      block: line.block,
      carry,
    };
    yield { ...item, text: carry(line.text, ns), stream: scene.sandbox.id };
  }
}

function carriedTime(line, ns, isWrapped) {
  if (isWrapped) return { time: timeNine(ns) };
  if (line.kind !== 'agent') return {};
  return { time: timeNine(line.guestNs), guest_time: [timeNine(line.guestNs), null] };
}

const BLANK_KEY = / [A-Za-z]+ [A-Za-z ]*[A-Za-z]=/;

/** Whether a key of the record has a blank in it, as some of the shim's have. */
export const hasBlankKey = (fields) => Object.keys(fields).some((key) => BLANK_KEY.test(` ${key}=`));

export function* shimItems(scene) {
  for (const line of scene.shim) {
    yield {
      ns: line.ns,
      said: shimSaid(line),
      shape: hasBlankKey(line.fields) ? 'C19' : null,
      text: line.text,
      kind: 'shim',
      line,
      stream: scene.sandbox.id,
      pid: scene.sandbox.pid,
    };
  }
}

const byTime = (one, other) => one.ns - other.ns;

/** The shim's log with the guests' consoles in it, several sandboxes at once. */
export function* goShim(seed) {
  for (const scenes of sceneGroups(seed)) {
    const items = scenes.flatMap((scene) => [
      ...shimItems(scene),
      ...consoleItems(scene, (inner, ns) => wrapConsole(scene.sandbox, inner, ns), true),
    ]);
    yield* items.sort(byTime);
  }
}

/** Raw consoles, one guest after the other. */
export function* rawConsole(seed) {
  for (const scenes of sceneGroups(seed)) {
    for (const scene of scenes) yield* consoleItems(scene, (inner) => inner, false);
  }
}

/** The agent's JSON alone. */
export function* agentLog(seed) {
  for (const item of rawConsole(seed)) if (item.kind === 'agent') yield item;
}

/** A plain line of the console, for the places where other text comes in between. */
export function consoleItem(inner, like, ns) {
  return {
    ...like,
    ns,
    inner,
    kind: 'kernel',
    block: undefined,
    said: { ...consoleSaid(inner), ...carriedLike(like, ns) },
  };
}

function carriedLike(like, ns) {
  return like.said.sandbox ? { sandbox: like.said.sandbox, time: timeNine(ns) } : {};
}
