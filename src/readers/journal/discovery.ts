// Which files make up a journal: the rules of sd_journal_open_directory().
import * as fs from 'node:fs';
import * as path from 'node:path';

/** A machine id as a directory name, plain or as a UUID, with an optional `.NAMESPACE`. */
const MACHINE_DIRECTORY = /^(?:[0-9a-f]{32}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?:\.(.+))?$/i;
const JOURNAL_FILE = /\.journal~?$/;
/** As in systemd. */
const FILES_MAX = 7168;

export interface Discovered {
  /** Journal files, sorted by path. */
  readonly files: readonly string[];
  /** Directories that exist and may get more of them. */
  readonly directories: readonly string[];
  /** Directories that cannot be read, with the reason. */
  readonly unreadable: ReadonlyMap<string, unknown>;
}

/**
 * Looks for journal files in `roots` and one level below, in directories named by machine id.
 * @param namespace only directories of this namespace; without it, only directories that have none.
 */
export function discover(roots: readonly string[], namespace?: string): Discovered {
  const files = new Set<string>();
  const directories: string[] = [];
  const unreadable = new Map<string, unknown>();
  const scan = (directory: string, isRoot: boolean): void => {
    const entries = list(directory, unreadable);
    if (!entries) return;
    directories.push(directory);
    for (const name of entries) {
      const place = path.join(directory, name);
      const machine = isRoot ? MACHINE_DIRECTORY.exec(name) : null;
      if (machine && machine[1] === namespace && isDirectory(place)) scan(place, false);
      else if (JOURNAL_FILE.test(name) && files.size < FILES_MAX && !isDirectory(place)) files.add(place);
    }
  };
  for (const root of roots) scan(root, true);
  return { files: [...files].sort(), directories, unreadable };
}

function list(directory: string, unreadable: Map<string, unknown>): string[] | undefined {
  try {
    return fs.readdirSync(directory);
  } catch (thrown) {
    unreadable.set(directory, thrown);
    return undefined;
  }
}

function isDirectory(place: string): boolean {
  return fs.statSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
