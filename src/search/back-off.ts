// How long to wait before the next attempt: full jitter under a doubling cap, without end.

export interface BackOff {
  readonly baseMs: number;
  readonly capMs: number;
}

/** A server that asks for more than this is asked again after this. */
const RETRY_AFTER_MAX_MS = 300_000;

/**
 * @param failures failed attempts so far, at least 1
 * @param retryAfter the server's header: seconds or a date
 * @param random in [0, 1)
 */
export function backOffMs(
  backOff: BackOff,
  failures: number,
  retryAfter: string | undefined,
  nowMs: number,
  random: number,
): number {
  const told = retryAfterMs(retryAfter, nowMs);
  const cap = Math.min(backOff.capMs, backOff.baseMs * 2 ** Math.min(failures - 1, 30));
  return Math.max(told, random * cap);
}

function retryAfterMs(text: string | undefined, nowMs: number): number {
  if (text === undefined) return 0;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), RETRY_AFTER_MAX_MS) : 0;
}
