// What journald's configuration, and that of the services whose output it takes, keeps out of the journal.
// See journald.conf(5) and systemd.exec(5).
import type { Place, Problem } from '../../core/problem.ts';
import type { ConfigText } from './toml-file.ts';

interface Setting {
  readonly value: string;
  readonly place: Place;
}

/** The assignments of one section, the last of all files winning. */
export function readUnitFiles(files: readonly ConfigText[], section: string): ReadonlyMap<string, Setting> {
  const settings = new Map<string, Setting>();
  for (const { path, text } of files) {
    let inside = false;
    for (const [index, line] of text.split('\n').entries()) {
      const header = /^\s*\[(\w+)\]\s*$/.exec(line)?.[1];
      if (header !== undefined) inside = header === section;
      const [, key, value] = (inside && /^\s*([A-Za-z]+)\s*=\s*(.*?)\s*$/.exec(line)) || [];
      if (key !== undefined && value !== undefined)
        settings.set(key, { value, place: { file: path, line: index + 1, column: 1 } });
    }
  }
  return settings;
}

export interface JournaldFacts {
  /** journald.conf and its drop-ins, in the order in which they are read. */
  readonly files: readonly ConfigText[];
  /** Whether /var/log/journal is there. */
  readonly hasPersistentDirectory: boolean;
  /** The drop-ins of the services whose processes write Kata's log: containerd, CRI-O. */
  readonly services: readonly ConfigText[];
}

const CONF = '/etc/systemd/journald.conf';
/** Drop-ins are read in the order of their names, and the last one wins. */
const DROP_IN = '/etc/systemd/journald.conf.d/zz-kata.conf';
const DEFAULT_BURST = 10_000;
const DEFAULT_INTERVAL_SECONDS = 30;
/** Records of one sandbox's start in full debug with initcall_debug, both copies. */
const RECORDS_PER_START = 5_000;
const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];

const write = (text: string): string =>
  `write in ${DROP_IN} under [Journal]: ${text}; then systemctl restart systemd-journald`;
const atConf: Place = { file: CONF, line: 1, column: 1 };

export function checkJournald({ files, hasPersistentDirectory, services }: JournaldFacts): readonly Problem[] {
  const journal = readUnitFiles(files, 'Journal');
  const service = readUnitFiles(services, 'Service');
  return [
    ...checkStorage(journal, hasPersistentDirectory),
    ...checkRate(
      journal.get('RateLimitIntervalSec') ?? journal.get('RateLimitInterval'),
      journal.get('RateLimitBurst'),
      write,
    ),
    ...checkServiceRate(service),
    ...checkMaxLevel(journal.get('MaxLevelStore'), 'MaxLevelStore=debug', write),
    ...checkMaxLevel(
      service.get('LogLevelMax'),
      'LogLevelMax=debug',
      (text) => `write in that drop-in under [Service]: ${text}`,
    ),
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

function checkRate(
  interval: Setting | undefined,
  burst: Setting | undefined,
  hintOf: (text: string) => string,
): readonly Problem[] {
  const seconds = interval ? secondsOf(interval.value) : DEFAULT_INTERVAL_SECONDS;
  const count = burst ? Number(burst.value) : DEFAULT_BURST;
  if (seconds === 0 || count === 0) return [];
  const perStart = Math.max(1, Math.floor(count / RECORDS_PER_START));
  const places = perStart === 1 ? 'one sandbox' : `${perStart} sandboxes`;
  const message =
    `at most ${count} messages in ${seconds} s from one service are kept: in full debug the start of ${places} fills that, ` +
    'and what comes after is dropped ("Suppressed N messages")';
  const hint = hintOf('RateLimitIntervalSec=0');
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

function checkServiceRate(service: ReadonlyMap<string, Setting>): readonly Problem[] {
  const interval = service.get('LogRateLimitIntervalSec');
  const burst = service.get('LogRateLimitBurst');
  if (!interval && !burst) return [];
  return checkRate(interval, burst, () => 'write in that drop-in under [Service]: LogRateLimitIntervalSec=0');
}

function checkMaxLevel(found: Setting | undefined, line: string, hintOf: (text: string) => string): readonly Problem[] {
  if (!found || found.value === '') return [];
  const level = LEVELS[Number(found.value)] ?? found.value;
  if (level === 'debug' || !LEVELS.includes(level)) return [];
  const message = `${line.split('=', 1)[0]}=${found.value} drops every message below ${level}: Kata's debug records are debug`;
  return [{ code: 'doctor/journal-level', severity: 'warning', message, place: found.place, hint: hintOf(line) }];
}

const UNITS: Readonly<Record<string, number>> = {
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  sec: 1,
  m: 60,
  min: 60,
  h: 3600,
  hr: 3600,
  d: 86_400,
};

/** A time span of systemd, `30s` or `1min 30s`; a number alone is seconds. */
function secondsOf(text: string): number {
  let seconds = 0;
  for (const [, figure, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]*)/g))
    seconds += Number(figure) * (UNITS[unit || 's'] ?? 1);
  return seconds;
}
