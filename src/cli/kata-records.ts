// Reads Kata logs for the commands that look at them as a whole: any files, or this host's own.
import { existsSync, statSync } from 'node:fs';
import { FirstCopies } from '../kata/first-copies.ts';
import { KataMemory } from '../kata/memory.ts';
import type { Understood } from '../kata/record.ts';
import type { Seen } from '../kata/sandbox-book.ts';
import { type InputSettings, readInputs } from '../readers/kata-inputs.ts';
import { ImportProgress } from './import-progress.ts';
import { namedInputs } from './named-inputs.ts';
import { foundHostLogs, hostLogs, unreadText } from './named-logs.ts';
import { defaultStore, type LogPlace } from './open-logs.ts';
import { ProgressLine } from './progress-line.ts';
import type { Wanted } from './stored-records.ts';

/** What came of a reading. */
export interface ReadLogs {
  /** Records that were understood; of a store those that it has. */
  readonly records: number;
  /** Inputs that are missing, or could not be read, or not to their end. Each was told. */
  readonly failures: number;
}

const isNamed = ({ store, es }: LogPlace): boolean => store !== undefined || es !== undefined;

/** Whether there is anything to read where no file is named. */
export function hasLogs(place: LogPlace): boolean {
  return isNamed(place) || existsSync(defaultStore()) || foundHostLogs().length > 0;
}

/** What is wrong with a command line that names files and another place. */
export function twoPlaces(files: readonly string[], place: LogPlace): string | undefined {
  return files.length > 0 && isNamed(place)
    ? 'files and --store or --es exclude each other: give one of them'
    : undefined;
}

/**
 * Gives the records of files, of a store or a cluster, each once and secrets blacked out, in the order in which they are
 * read. Where nothing is named: of the store of this host if it has one, else of its logs. A file that cannot be read is told,
 * and the others are read.
 * @throws {EnvironmentError} `files/none` where nothing is named and this host has none, `store/…`, `search/…`
 */
export async function readKataRecords(
  files: readonly string[],
  emit: (record: Seen) => void,
  place?: LogPlace,
  wanted: Wanted = {},
): Promise<ReadLogs> {
  if (place && (isNamed(place) || (files.length === 0 && existsSync(defaultStore())))) {
    const { readStoredRecords } = await import('./stored-records.ts');
    return { records: await readStoredRecords(place, wanted, emit), failures: 0 };
  }
  let failures = 0;
  const fail = (text: string): void => {
    failures++;
    process.stderr.write(text);
  };
  const paths = files.length > 0 ? namedInputs(files, (why) => fail(`${why}\n`)).files : hostLogs();
  let records = 0;
  const count = (record: Understood): void => {
    // A line of which neither the writer nor the time was understood is no record of Kata's.
    if (record.raw === undefined || record.kata.component !== undefined || record.kata.time !== undefined) records++;
    emit(record);
  };
  if (paths.length > 0) {
    await readKataFiles(paths, count, (_, failure) => fail(unreadText(failure)));
  }
  return { records, failures };
}

/**
 * The records of files; where none are named, of this host's logs.
 * @param failed told what cannot be read; without it the first such input ends all.
 * @throws {EnvironmentError} `files/none`; `files/read` where nobody is told
 */
export async function readKataFiles(
  files: readonly string[],
  emit: (record: Understood) => void,
  failed?: InputSettings['failed'],
): Promise<void> {
  const paths = files.length > 0 ? files : hostLogs();
  const progress = new ProgressLine(process.stderr);
  const copies = new FirstCopies();
  let bytes = 0;
  let records = 0;
  const imported = new ImportProgress(() => performance.now());
  const total = sizeOf(paths);
  progress.start(() =>
    imported.text({
      count: records,
      unit: 'records',
      bytes,
      share: total > 0 ? Math.min(1, bytes / total) : undefined,
    }),
  );
  try {
    const settings: InputSettings = {
      ...(failed && { failed }),
      memory: new KataMemory(),
      emit: (record: Understood) => {
        records++;
        progress.tick();
        if (!copies.isCopy(record)) emit(record);
      },
      redacts: true,
      unwraps: true,
      passed: (count: number) => {
        bytes += count;
      },
    };
    await readInputs(paths, settings, process.stdin);
  } finally {
    progress.stop();
  }
}

/** Bytes of files of which as many are read as they have; 0 where any is compressed, a journal or no file at all. */
function sizeOf(paths: readonly string[]): number {
  const sizes = paths.map((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat?.isFile() && !/\.(?:gz|journal~?)$/.test(path) ? stat.size : 0;
  });
  return sizes.includes(0) ? 0 : sizes.reduce((sum, size) => sum + size, 0);
}
