// Times in queries and requests: RFC 3339, a day, or a time before now.

const UNITS: Readonly<Record<string, bigint>> = {
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
};
const RELATIVE = /^now(?:-(\d{1,6})([smhdw]))?$/;
const ABSOLUTE = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d{1,9}))?(Z|[+-]\d{2}:\d{2}))?$/;

/** Nanoseconds since the epoch, or undefined for a text that is no time. `nowMs` is what `now` means. */
export function timeBound(text: string, nowMs: number = Date.now()): bigint | undefined {
  const relative = RELATIVE.exec(text);
  if (relative) {
    const [, count = '0', unit = 's'] = relative;
    return BigInt(Math.round(nowMs)) * 1_000_000n - BigInt(count) * (UNITS[unit] as bigint);
  }
  const absolute = ABSOLUTE.exec(text);
  if (!absolute) return undefined;
  const [, day, time = '00:00:00', fraction = '', zone = 'Z'] = absolute;
  const whole = Date.parse(`${day}T${time}${zone}`);
  return Number.isNaN(whole) ? undefined : BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** RFC 3339 in UTC with nine digits; outside the years 0 to 9999 the nearest of them. */
export function timeText(nanos: bigint): string {
  const seconds = nanos >= 0n ? nanos / 1_000_000_000n : -((-nanos + 999_999_999n) / 1_000_000_000n);
  const fraction = String(nanos - seconds * 1_000_000_000n).padStart(9, '0');
  const date = new Date(Number(seconds) * 1000);
  return `${date.toISOString().slice(0, -5)}.${fraction}Z`;
}
