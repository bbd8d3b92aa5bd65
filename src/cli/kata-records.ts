// Reads Kata logs for the commands that look at them as a whole: any files, or this host's own.
import { existsSync } from 'node:fs';
import { EnvironmentError } from '../core/failure.ts';
import { FirstCopies } from '../kata/first-copies.ts';
import { KataMemory } from '../kata/memory.ts';
import type { Understood } from '../kata/record.ts';
import { readInputs } from '../readers/kata-inputs.ts';
import { ProgressLine } from './progress-line.ts';

const BYTES_PER_MB = 1e6;

/** Where a node keeps what Kata writes; those that exist are read where no file is named. */
const HOST_LOGS = [
  '/var/log/journal',
  '/run/log/journal',
  '/var/lib/rancher/k3s/agent/containerd/containerd.log',
  '/var/lib/rancher/rke2/agent/containerd/containerd.log',
];

/**
 * Gives every record of the files once, secrets blacked out, in the order in which they are read.
 * @throws {EnvironmentError} `files/none` where no file is named and this host has none, `files/read`
 */
export async function readKataRecords(files: readonly string[], emit: (record: Understood) => void): Promise<void> {
  const paths = files.length > 0 ? files : HOST_LOGS.filter((file) => existsSync(file));
  if (paths.length === 0) {
    throw new EnvironmentError('files/none', 'this host has no Kata logs in the usual places; name the files to read');
  }
  const progress = new ProgressLine(process.stderr);
  const copies = new FirstCopies();
  let bytes = 0;
  progress.start(() => `${(bytes / BYTES_PER_MB).toFixed(0)} MB read`);
  try {
    const settings = {
      memory: new KataMemory(),
      emit: (record: Understood) => {
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
