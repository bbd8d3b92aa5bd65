// What journald's configuration, and that of the services whose output it takes, keeps out of the journal.
// See journald.conf(5) and systemd.exec(5).
import type { Place, Problem } from '../../core/problem.ts';
import type { ConfigText } from './toml-file.ts';

interface Setting {
  readonly value: string;
  readonly place: Place;
}

interface Section {
  readonly settings: ReadonlyMap<string, Setting>;
  /** Values that systemd cannot read: it goes on as if the line was not there. */
  readonly ignored: readonly (Setting & { readonly key: string })[];
}

const isTimeSpan = (value: string): boolean => value === 'infinity' || secondsOf(value) !== undefined;
const isCount = (value: string): boolean => /^\d+$/.test(value);
const isLevel = (value: string): boolean => LEVELS.includes(value) || /^[0-7]$/.test(value);

/** What each setting takes; an empty value of those that are words sets it back. */
const TAKES: Readonly<Record<string, (value: string) => boolean>> = {
  RateLimitIntervalSec: isTimeSpan,
  RateLimitInterval: isTimeSpan,
  RateLimitBurst: isCount,
  LogRateLimitIntervalSec: isTimeSpan,
  LogRateLimitBurst: isCount,
  Storage: (value) => ['', 'none', 'auto', 'persistent', 'volatile'].includes(value),
  MaxLevelStore: (value) => value === '' || isLevel(value),
  LogLevelMax: (value) => value === '' || isLevel(value),
};

/** The assignments of one section, the last of all files winning. */
function readUnitFiles(files: readonly ConfigText[], section: string): Section {
  const settings = new Map<string, Setting>();
  const ignored: (Setting & { readonly key: string })[] = [];
  for (const { key, ...setting } of files.flatMap((file) => assignments(file, section))) {
    if (TAKES[key]?.(setting.value) ?? true) settings.set(key, setting);
    else ignored.push({ ...setting, key });
  }
  return { settings, ignored };
}

function assignments({ path, text }: ConfigText, section: string): readonly (Setting & { readonly key: string })[] {
  let inside = false;
  return text.split('\n').flatMap((line, index) => {
    const header = /^\s*\[(\w+)\]\s*$/.exec(line)?.[1];
    if (header !== undefined) inside = header === section;
    const [, key, value] = (inside && /^\s*([A-Za-z]+)\s*=\s*(.*?)\s*$/.exec(line)) || [];
    if (key === undefined || value === undefined) return [];
    return [{ key, value, place: { file: path, line: index + 1, column: 1 } }];
  });
}

export interface JournaldFacts {
  /** journald.conf and its drop-ins, in the order in which they are read. */
  readonly files: readonly ConfigText[];
  /** Whether /var/log/journal is there. */
  readonly hasPersistentDirectory: boolean;
  /** Of each service whose processes write Kata's log (containerd, CRI-O) its unit and the drop-ins of that. */
  readonly services: readonly (readonly ConfigText[])[];
}

const CONF = '/etc/systemd/journald.conf';
/** Drop-ins are read in the order of their names, and the last one wins. */
const DROP_IN = '/etc/systemd/journald.conf.d/zz-kata.conf';
const DEFAULT_BURST = 10_000;
const DEFAULT_INTERVAL_SECONDS = 30;
/** Records of one sandbox's start in full debug with initcall_debug, both copies. */
const RECORDS_PER_START = 5_000;
/** More than any node writes in an interval. */
const BURST_ENOUGH = 500_000;
const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];

const write = (text: string): string =>
  `write in ${DROP_IN} under [Journal]: ${text}; then systemctl restart systemd-journald`;
const atConf: Place = { file: CONF, line: 1, column: 1 };

export function checkJournald({ files, hasPersistentDirectory, services }: JournaldFacts): readonly Problem[] {
  const { settings: journal, ignored } = readUnitFiles(files, 'Journal');
  const rate: Rate = {
    interval: journal.get('RateLimitIntervalSec') ?? journal.get('RateLimitInterval'),
    burst: journal.get('RateLimitBurst'),
  };
  return [
    ...ignored.map(ignoredLine),
    ...checkStorage(journal, hasPersistentDirectory),
    ...checkRate(rate, write('RateLimitIntervalSec=0')),
    ...checkMaxLevel(journal.get('MaxLevelStore'), 'MaxLevelStore=debug', write),
    ...services.flatMap((unit) => checkService(readUnitFiles(unit, 'Service'), rate)),
  ];
}

function ignoredLine({ key, value, place }: Setting & { readonly key: string }): Problem {
  const what = value === '' ? 'no value' : `"${value}", which is none that it takes`;
  const message = `${key}= has ${what}: systemd ignores the line, and what was set before it, or the default, counts`;
  return { code: 'doctor/ignored-line', severity: 'notice', message, place, hint: 'remove the line, or write a value' };
}

/** In a drop-in of its own: a unit below /usr is written again by the next update. */
function writeForUnit(place: Place | undefined, text: string): string {
  const unit = /\/([^/]+\.service)(?:\.d\/[^/]*)?$/.exec(place?.file ?? '')?.[1];
  const file = unit === undefined ? (place?.file ?? '') : `/etc/systemd/system/${unit}.d/zz-kata.conf`;
  const then = `systemctl daemon-reload, and systemctl restart ${unit ?? 'the service'}`;
  return `write in ${file} under [Service]: ${text}; then ${then}`;
}

interface Rate {
  readonly interval: Setting | undefined;
  readonly burst: Setting | undefined;
}

/** A service's own limit stands in place of journald's, each of its two numbers by itself; 0 there means journald's. */
function checkService({ settings, ignored }: Section, journal: Rate): readonly Problem[] {
  const own = (key: string): Setting | undefined => {
    const found = settings.get(key);
    return found === undefined || secondsOf(found.value) === 0 ? undefined : found;
  };
  const interval = own('LogRateLimitIntervalSec');
  const burst = own('LogRateLimitBurst');
  const rate = { interval: interval ?? journal.interval, burst: burst ?? journal.burst };
  const place = (burst ?? interval)?.place;
  const level = settings.get('LogLevelMax');
  const hint = writeForUnit(place, 'LogRateLimitBurst=1000000');
  return [
    ...ignored.map(ignoredLine),
    ...(place ? checkRate(rate, hint).map((problem) => ({ ...problem, place })) : []),
    ...checkMaxLevel(level, 'LogLevelMax=debug', (text) => writeForUnit(level?.place, text)),
  ];
}

function checkStorage(journal: ReadonlyMap<string, Setting>, hasDirectory: boolean): readonly Problem[] {
  const found = journal.get('Storage');
  const value = found?.value || 'auto';
  const place = found?.place ?? atConf;
  const hint = write('Storage=persistent');
  if (value === 'none') {
    return [
      {
        code: 'doctor/journal-none',
        severity: 'error',
        message: 'Storage=none: the journal keeps nothing',
        place,
        hint,
      },
    ];
  }
  if (value !== 'volatile' && !(value === 'auto' && !hasDirectory)) return [];
  const why = value === 'auto' ? ' and /var/log/journal is missing' : '';
  const message = `Storage=${value}${why}: the journal is in memory, small, and lost with a reboot`;
  return [{ code: 'doctor/journal-volatile', severity: 'warning', message, place, hint }];
}

function checkRate({ interval, burst }: Rate, hint: string): readonly Problem[] {
  const seconds = (interval && secondsOf(interval.value)) ?? DEFAULT_INTERVAL_SECONDS;
  const count = burst ? Number(burst.value) : DEFAULT_BURST;
  if (seconds === 0 || count === 0 || count >= BURST_ENOUGH) return [];
  const perStart = Math.max(1, Math.floor(count / RECORDS_PER_START));
  const places = perStart === 1 ? 'one sandbox' : `${perStart} sandboxes`;
  const message =
    `at most ${count} messages in ${interval?.value === 'infinity' ? 'all' : `${seconds} s`} from one service are kept: in full debug the start of ${places} fills that, ` +
    'and what comes after is dropped ("Suppressed N messages")';
  return [
    {
      code: 'doctor/journal-rate',
      severity: 'warning',
      message,
      place: burst?.place ?? interval?.place ?? atConf,
      hint,
    },
  ];
}

function checkMaxLevel(found: Setting | undefined, line: string, hintOf: (text: string) => string): readonly Problem[] {
  if (!found || found.value === '') return [];
  const level = LEVELS[Number(found.value)] ?? found.value;
  if (level === 'debug' || !LEVELS.includes(level)) return [];
  const message = `${line.split('=', 1)[0]}=${found.value} drops every message below ${level}: Kata's debug records are debug`;
  return [{ code: 'doctor/journal-level', severity: 'warning', message, place: found.place, hint: hintOf(line) }];
}

const UNITS: Readonly<Record<string, number>> = {
  ...{ us: 1e-6, µs: 1e-6, usec: 1e-6, ms: 1e-3, msec: 1e-3 },
  ...{ '': 1, s: 1, sec: 1, second: 1, seconds: 1, m: 60, min: 60, minute: 60, minutes: 60 },
  ...{ h: 3600, hr: 3600, hour: 3600, hours: 3600, d: 86_400, day: 86_400, days: 86_400 },
  ...{ w: 604_800, week: 604_800, weeks: 604_800 },
};

const SPAN = /(\d+(?:\.\d+)?)\s*([a-zµ]*)\s*/g;

/** A time span of systemd, `30s` or `1min 30s`; a number alone is seconds. Undefined where it is none. */
function secondsOf(text: string): number | undefined {
  if (text === 'infinity') return Number.POSITIVE_INFINITY;
  if (text === '' || text.replaceAll(SPAN, '') !== '') return undefined;
  let seconds = 0;
  for (const [, figure, unit = ''] of text.matchAll(SPAN)) {
    const size = UNITS[unit];
    if (size === undefined) return undefined;
    seconds += Number(figure) * size;
  }
  return seconds;
}
