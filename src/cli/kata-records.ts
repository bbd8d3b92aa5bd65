// Reads Kata logs for the commands that look at them as a whole: any files, or this host's own.
import { existsSync, statSync } from 'node:fs';
import { EnvironmentError } from '../core/failure.ts';
import { FirstCopies } from '../kata/first-copies.ts';
import { KataMemory } from '../kata/memory.ts';
import type { Understood } from '../kata/record.ts';
import type { Seen } from '../kata/sandbox-book.ts';
import { readInputs } from '../readers/kata-inputs.ts';
import { ImportProgress } from './import-progress.ts';
import { defaultStore, type LogPlace } from './open-logs.ts';
import { ProgressLine } from './progress-line.ts';
import type { Wanted } from './stored-records.ts';

/** Where a node keeps what Kata writes; those that exist are read where no file is named. */
const HOST_LOGS = [
  '/var/log/journal',
  '/run/log/journal',
  '/var/lib/rancher/k3s/agent/containerd/containerd.log',
  '/var/lib/rancher/rke2/agent/containerd/containerd.log',
];

const isNamed = ({ store, es }: LogPlace): boolean => store !== undefined || es !== undefined;

/** What is wrong with a command line that names files and another place. */
export function twoPlaces(files: readonly string[], place: LogPlace): string | undefined {
  return files.length > 0 && isNamed(place)
    ? 'files and --store or --es exclude each other: give one of them'
    : undefined;
}

/**
 * Gives the records of files, of a store or a cluster, each once and secrets blacked out, in the order in which they are
 * read. Where nothing is named: of the store of this host if it has one, else of its logs.
 * @throws {EnvironmentError} `files/none` where nothing is named and this host has none, `files/read`, `store/…`, `search/…`
 */
export async function readKataRecords(
  files: readonly string[],
  emit: (record: Seen) => void,
  place?: LogPlace,
  wanted: Wanted = {},
): Promise<void> {
  if (place && (isNamed(place) || (files.length === 0 && existsSync(defaultStore())))) {
    const { readStoredRecords } = await import('./stored-records.ts');
    await readStoredRecords(place, wanted, emit);
  } else await readKataFiles(files, emit);
}

/**
 * The records of files; where none are named, of this host's logs.
 * @throws {EnvironmentError} `files/none`, `files/read`
 */
export async function readKataFiles(files: readonly string[], emit: (record: Understood) => void): Promise<void> {
  const paths = files.length > 0 ? files : HOST_LOGS.filter((file) => existsSync(file));
  if (paths.length === 0) {
    throw new EnvironmentError('files/none', 'this host has no Kata logs in the usual places; name the files to read');
  }
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
    const settings = {
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
