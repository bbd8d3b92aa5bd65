// Messages of running plugins: they name the plugin and its place, and the same line comes at most once in 10 s.
import { isAtLeast, type LogLevel } from '../core/log-level.ts';
import type { Clock, Log } from '../core/plugin.ts';
import { type Place, placeText } from '../core/problem.ts';

/** Where lines go; the command line prints them. `message` is safe to print. */
export type LogSink = (level: LogLevel, message: string) => void;

const REPEAT_MS = 10_000;
/** Distinct lines remembered per plugin; beyond it the oldest is forgotten and may come again early. */
const REMEMBERED_MAX = 256;

interface Repeat {
  atMs: number;
  held: number;
}

export function createLog(name: string, place: Place | undefined, sink: LogSink, clock: Clock, least: LogLevel): Log {
  const prefix = place ? `${name} (${placeText(place)})` : name;
  const seen = new Map<string, Repeat>();
  const say = (level: LogLevel, message: string): void => {
    if (!isAtLeast(level, least)) return;
    const held = mayRepeat(seen, `${level} ${message}`, clock.monotonicMs());
    if (held === undefined) return;
    sink(level, `${prefix}: ${message}${held > 0 ? ` (and ${held} times more in between)` : ''}`);
  };
  return {
    debug: (message) => say('debug', message),
    info: (message) => say('info', message),
    warn: (message) => say('warn', message),
    error: (message) => say('error', message),
  };
}

/** How often the line was held back since it last came, or undefined when it must be held back now. */
function mayRepeat(seen: Map<string, Repeat>, line: string, nowMs: number): number | undefined {
  const last = seen.get(line);
  if (last && nowMs - last.atMs < REPEAT_MS) {
    last.held++;
    return undefined;
  }
  if (!last && seen.size >= REMEMBERED_MAX) seen.delete(seen.keys().next().value as string);
  seen.set(line, { atMs: nowMs, held: 0 });
  return last?.held ?? 0;
}
