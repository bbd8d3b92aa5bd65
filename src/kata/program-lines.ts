// Lines of programs beside Kata's own that write neither JSON nor logfmt: Rust's env_logger (kata-deploy, virtiofsd), klog
// (csi-kata-directvolume), and logrus on a terminal (kata-monitor).
import type { Instant } from '../core/event.ts';
import { readInstant } from './instant.ts';
import { levelOf } from './level.ts';
import { scanLogfmt } from './logfmt.ts';
import { type Component, type Kata, kataWith, Pairs } from './record.ts';

/** What a line says by itself. */
export interface ProgramLine {
  readonly kata: Kata;
  /** Undefined where it has no year. */
  readonly time: Instant | undefined;
  readonly pairs: Pairs;
}

/** `[2026-08-22T10:04:14Z INFO  kata_deploy] text` */
const ENV_LOGGER =
  /^\[(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z) +(TRACE|DEBUG|INFO|WARN|ERROR) +([A-Za-z_][\w:.-]*)\] (.*)$/s;
const COMPONENT_OF_CRATE: ReadonlyMap<string, Component> = new Map([
  ['kata_deploy', 'deploy'],
  ['kata_ctl', 'ctl'],
  ['virtiofsd', 'virtiofsd'],
]);

/** `I0822 10:04:14.123456   12345 file.go:12] text` */
const KLOG = /^([IWEF])\d{4} \d{2}:\d{2}:\d{2}\.\d{6} +(\d{1,10}) ([\w.-]+:\d+)\] (.*)$/s;
const LEVEL_OF_KLOG = { I: 'info', W: 'warning', E: 'error', F: 'critical' } as const;

export function readProgramLine(text: string): ProgramLine | undefined {
  const rust = ENV_LOGGER.exec(text);
  if (rust) {
    const [, time = '', word = '', target = '', msg = ''] = rust;
    const component = COMPONENT_OF_CRATE.get(target.split('::', 1)[0] as string);
    const level = levelOf(word);
    const kata = kataWith({ ...(component && { component }), ...(level && { level }), msg });
    return { kata, time: readInstant(time), pairs: new Pairs(['target'], [target]) };
  }
  const klog = KLOG.exec(text);
  if (!klog) return undefined;
  const [, letter = 'I', thread = '', place = '', msg = ''] = klog;
  const kata = kataWith({ level: LEVEL_OF_KLOG[letter as keyof typeof LEVEL_OF_KLOG], msg });
  return { kata, time: undefined, pairs: new Pairs(['thread', 'file'], [thread, place]) };
}

/** `INFO[0012] message, filled up with blanks  key=value`: seconds since the start, or a time. */
const TERMINAL = /^(TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)\[(\d{4,}|\d{4}-\d{2}-\d{2}T[^\]\s]+)\] ?(.*)$/s;
/** The message is followed by two blanks at least, then a pair. */
const FIRST_PAIR = / {2,}(?=[^\s"=]+=)/g;

/** Pairs of a record that logrus wrote for a terminal; its colours are gone. */
export function readTerminalLogrus(text: string): Pairs | undefined {
  const match = TERMINAL.exec(text);
  if (!match) return undefined;
  const [, level = '', stamp = '', rest = ''] = match;
  const { msg, pairs } = messageAndPairs(rest);
  const time = stamp.includes('T') ? { time: stamp } : {};
  const head = { ...time, level, ...(msg !== '' && { msg }) };
  return new Pairs([...Object.keys(head), ...pairs.keys], [...Object.values(head), ...pairs.values]);
}

function messageAndPairs(rest: string): { readonly msg: string; readonly pairs: Pairs } {
  for (const { index } of rest.matchAll(FIRST_PAIR)) {
    const scan = scanLogfmt(rest.slice(index));
    if (scan.clean) return { msg: rest.slice(0, index).trimEnd(), pairs: scan.pairs };
  }
  return { msg: rest.trimEnd(), pairs: new Pairs([], []) };
}
