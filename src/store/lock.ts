// The one writer's lock on a directory (state, store). It holds while the process lives; a lock left by a killed one is taken over.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { EnvironmentError, systemCode } from '../core/failure.ts';

/** Who holds the lock. `born` tells a process from a later one with the same number (a container's is always 1). */
interface Holder {
  readonly pid: number;
  readonly born: string;
}

const TRIES = 3;

/**
 * Takes the lock of `directory`.
 * @returns a function that gives it back.
 * @param code of the error; @param advice what to do about it
 * @throws {EnvironmentError} with `code`, naming the holder's pid.
 */
export function lockDirectory(directory: string, code: string, advice: string): () => void {
  const file = path.join(directory, 'lock');
  const own: Holder = { pid: process.pid, born: bornAt(process.pid) ?? '' };
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (create(file, own)) return () => fs.rmSync(file, { force: true });
    const holder = read(file);
    if (holder && isAlive(holder)) {
      throw new EnvironmentError(code, `${directory} is in use by process ${holder.pid}; ${advice}`);
    }
    fs.rmSync(file, { force: true });
  }
  throw new EnvironmentError(code, `cannot take the lock ${file}: others take it at the same moment`);
}

function create(file: string, holder: Holder): boolean {
  // Written under another name and linked, so that the lock is never seen half-written.
  const draft = `${file}.${process.pid}`;
  try {
    fs.writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 });
    fs.linkSync(draft, file);
    return true;
  } catch (cause) {
    if (systemCode(cause) === 'EEXIST') return false;
    throw new EnvironmentError('state/write', `cannot write ${file}`, { cause });
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

function read(file: string): Holder | undefined {
  try {
    const value = JSON.parse(fs.readFileSync(file, 'utf8')) as Partial<Holder>;
    return typeof value.pid === 'number' ? { pid: value.pid, born: value.born ?? '' } : undefined;
  } catch {
    // Gone in the meantime, or not ours: it holds nothing.
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (thrown) {
    if (systemCode(thrown) !== 'EPERM') return false;
  }
  const born = bornAt(holder.pid);
  return born === undefined || holder.born === '' || born === holder.born;
}

/** Boot and start time of a process, undefined where /proc does not tell. */
function bornAt(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name may hold blanks and brackets; the fields after it do not. Field 22 is the start time.
    const startTicks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${startTicks}`;
  } catch {
    return undefined;
  }
}
