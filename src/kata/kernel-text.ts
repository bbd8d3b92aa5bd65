// Lines of the guest's kernel: `[    1.122452] text`, maybe with a priority or a caller in front.

/** A stamp, as printk writes it with CONFIG_PRINTK_TIME (and CONFIG_PRINTK_CALLER: `[    0.1][    T1]`). */
const LINE = /^(?:<(\d{1,3})>)?\[\s{0,5}(\d{1,7}\.\d{6})\](?:\[\s*[TC]\d+\])?(?: |$)/;
export const STAMP: RegExp = /(?:<\d{1,3}>)?\[\s{0,5}\d{1,7}\.\d{6}\](?:\[\s*[TC]\d+\])? /g;

export interface KernelLine {
  readonly seconds: number;
  readonly text: string;
  /** syslog priority of a `<N>` prefix. */
  readonly priority?: string;
}

export function readKernelLine(text: string): KernelLine | undefined {
  const first = text.charCodeAt(0);
  if (first !== 0x5b && first !== 0x3c) return undefined;
  const match = LINE.exec(text);
  if (!match) return undefined;
  const [whole, priority, seconds] = match;
  const rest = text.slice(whole.length);
  return {
    seconds: Number(seconds),
    text: rest,
    ...(priority !== undefined && { priority: String(Number(priority) & 7) }),
  };
}

/** Where a stamp begins inside a text, from `from` on, or -1. */
export function findStamp(text: string, from: number): number {
  STAMP.lastIndex = from;
  const match = STAMP.exec(text);
  return match ? match.index : -1;
}
