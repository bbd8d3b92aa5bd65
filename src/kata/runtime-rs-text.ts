// What runtime-rs wraps in its messages: the guest's console, the hypervisors' output, the agent's records.
import { nativeRecord } from './build.ts';
import { levelOf } from './level.ts';
import { consoleStream, inherit, type Piece, withRepair, withText } from './piece.ts';
import { unquoteRust } from './quoted-text.ts';
import { type Component, type Kata, kataWith, type Level, Pairs } from './record.ts';
import type { Road } from './road.ts';

const QUOTED = /^(vm console|qemu stderr|fc stderr): "([\s\S]*?)"?$/;
const CLH_LEVEL = /(INFO|DEBG|WARN|ERRO|TRCE):/;

const COMPONENT_OF: Readonly<Record<string, Component>> = { 'qemu stderr': 'qemu', 'fc stderr': 'fc' };

const NO_PAIRS = new Pairs([], []);

export class RuntimeRsText {
  readonly #road: Road;

  constructor(road: Road) {
    this.#road = road;
  }

  /** A record that runtime-rs wrote to the journal by itself. */
  route(piece: Piece, pairs: Pairs, kata: Kata): void {
    if (this.#nested(piece, pairs, kata, piece.text, piece.wrappers)) return;
    this.#road.emit(nativeRecord(piece, kata), piece);
  }

  /** A line whose record went to the journal, and whose text alone was carried here; false: it is none of those that wrap. */
  takeText(piece: Piece): boolean {
    if (piece.outer || !QUOTED.test(piece.text)) return false;
    const outer = kataWith({ component: 'runtime', era: 'rs-journal' });
    inherit(outer, piece);
    return this.#nested(piece, NO_PAIRS, outer, piece.text, piece.wrappers);
  }

  /** Whether a record of runtime-rs's in JSON only wraps another text, which was routed then. */
  unwrap(piece: Piece, pairs: Pairs, kata: Kata): boolean {
    return this.#nested(piece, pairs, kata, kata.msg ?? '', [pairs.without('msg'), ...piece.wrappers]);
  }

  #nested(piece: Piece, pairs: Pairs, outer: Kata, msg: string, wrappers: readonly Pairs[]): boolean {
    const inner: Piece = { ...piece, outer, wrappers, stream: consoleStream(outer, piece) };
    const quoted = QUOTED.exec(msg);
    if (quoted) {
      const speaker = COMPONENT_OF[quoted[1] as string];
      this.#quoted(speaker === undefined ? inner : { ...inner, speaker }, quoted[2] as string);
      return true;
    }
    if (msg.startsWith('"') && pairs.get('stream') !== undefined) {
      this.#quoted({ ...inner, speaker: 'clh' }, msg.replace(/^"|"$/g, ''));
      return true;
    }
    if (pairs.get('subsystem') === 'dmesg') {
      this.#road.routeConsole(withText(inner, msg));
      return true;
    }
    if (pairs.get('subsystem') === 'agent' && msg.startsWith('{"')) {
      this.#road.route(withText(inner, msg));
      return true;
    }
    if (msg.startsWith('source: virtiofsd ')) {
      this.#road.routeConsole({ ...withText(inner, msg.slice('source: virtiofsd '.length)), speaker: 'virtiofsd' });
      return true;
    }
    return false;
  }

  #quoted(piece: Piece, text: string): void {
    this.#road.routeConsole(withRepair(withText(piece, unquoteRust(text).replace(/\n+$/, '')), 'C18'));
  }
}

/** The first of Cloud Hypervisor's level words with a colon; without one it is "info". */
export function clhLevel(text: string): Level {
  const word = CLH_LEVEL.exec(text)?.[1];
  return (word === undefined ? undefined : levelOf(word)) ?? 'info';
}
