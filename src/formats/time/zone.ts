// Zones: `utc`, `local` (the process's TZ), an offset such as `+09:00`, or a name such as `Asia/Tokyo`.
import type { Civil } from './civil.ts';
import { instantOf } from './civil.ts';

export interface Zone {
  /** Seconds east of UTC at an instant. */
  offsetAt(seconds: number): number;
}

const UTC: Zone = { offsetAt: () => 0 };
const LOCAL: Zone = { offsetAt: (seconds) => -new Date(seconds * 1000).getTimezoneOffset() * 60 };

/** @returns undefined where the text names no zone. */
export function zoneOf(text: string): Zone | undefined {
  if (text === 'utc' || text === 'UTC' || text === 'Z') return UTC;
  if (text === 'local') return LOCAL;
  const offset = offsetOf(text);
  if (offset !== undefined) return { offsetAt: () => offset };
  return namedZone(text);
}

/** `+09:00`, `-0530`, `+09` as seconds east of UTC. */
export function offsetOf(text: string): number | undefined {
  const parts = /^([+-])(\d{2}):?(\d{2})?$/.exec(text);
  if (!parts) return undefined;
  const seconds = Number(parts[2]) * 3600 + Number(parts[3] ?? 0) * 60;
  return parts[1] === '-' ? -seconds : seconds;
}

function namedZone(name: string): Zone | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    // Intl knows no zone of that name; the caller says so with the place of the setting.
    return undefined;
  }
  return {
    offsetAt(seconds) {
      const parts = Object.fromEntries(
        format.formatToParts(seconds * 1000).map(({ type, value }) => [type, Number(value)]),
      );
      const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
      return instantOf({ year, month, day, hour, minute, second, nanos: 0 }, 0).seconds - seconds;
    },
  };
}

/** The offset that holds when a clock in the zone shows `civil`; at a clock change, the one before it. */
export function offsetFor(civil: Civil, zone: Zone): number {
  const asUtc = instantOf(civil, 0).seconds;
  const before = zone.offsetAt(asUtc - 86_400);
  const guess = zone.offsetAt(asUtc - before);
  return zone.offsetAt(asUtc - guess) === guess ? guess : before;
}
