// Reads the configuration files that decide what a node's log keeps, below a root: a node's disk may be mounted anywhere.
import * as fs from 'node:fs';
import * as path from 'node:path';
import picomatch from 'picomatch';
import { EnvironmentError, failureText } from '../core/failure.ts';
import type { ConfigText } from '../kata/doctor/toml-file.ts';

const MAGIC = /[*?[]/;
/** As in Linux. */
const LINKS_MAX = 40;
const DIRECTORY_ERRORS: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && DIRECTORY_ERRORS.has(String(error.code));
}

/** The files of one disk, named by their paths on it. */
export class NodeFiles {
  readonly #root: string;

  /** @param root '' for this host */
  constructor(root: string) {
    this.#root = root;
  }

  exists(file: string): boolean {
    return fs.existsSync(this.#at(file));
  }

  /** @throws {EnvironmentError} `doctor/read` when it is there and cannot be read */
  read(file: string): ConfigText | undefined {
    try {
      const at = this.#at(file);
      // Reading a named pipe would wait for its writer for ever.
      const other = otherThanFile(fs.statSync(at), this.realPath(file));
      if (other !== undefined) throw new Error(`it is ${other}, no regular file`);
      return { path: file, text: fs.readFileSync(at, 'utf8') };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw new EnvironmentError('doctor/read', `cannot read ${file}: ${failureText(error)}`, { cause: error });
    }
  }

  /** The files with this ending in a directory, by name; none where it is missing. */
  list(directory: string, ending: string): readonly string[] {
    try {
      return fs
        .readdirSync(this.#at(directory))
        .filter((name) => name.endsWith(ending))
        .sort()
        .map((name) => path.join(directory, name));
    } catch (error) {
      if (isMissing(error)) return [];
      throw new EnvironmentError('doctor/read', `cannot read ${directory}: ${failureText(error)}`, { cause: error });
    }
  }

  /** The subdirectories of a directory; none where it is missing. */
  directories(directory: string): readonly string[] {
    return this.list(directory, '').filter((file) =>
      fs.statSync(this.#at(file), { throwIfNoEntry: false })?.isDirectory(),
    );
  }

  mayRead(file: string): boolean {
    try {
      fs.accessSync(this.#at(file), fs.constants.R_OK);
      return true;
    } catch {
      // Whatever the reason, it cannot be read.
      return false;
    }
  }

  /** The files that a pattern names; a name without a pattern is given whether it is there or not. */
  glob(pattern: string): readonly string[] {
    if (!MAGIC.test(pattern)) return [pattern];
    let found: readonly string[] = ['/'];
    for (const part of path.join('/', pattern).split('/').slice(1)) {
      if (MAGIC.test(part)) {
        const isMatch = picomatch(part, { dot: true, nobrace: true, noextglob: true, noglobstar: true });
        found = found.flatMap((directory) => this.list(directory, '').filter((file) => isMatch(path.basename(file))));
      } else found = found.map((directory) => path.join(directory, part)).filter((file) => this.exists(file));
    }
    return found;
  }

  /** The path on the disk to which links lead, as far as it is there. */
  realPath(file: string): string {
    let at = '/';
    const rest = path.join('/', file).split('/').slice(1);
    for (let links = 0; rest.length > 0; ) {
      const next = path.join(at, rest.shift() ?? '');
      const target = links < LINKS_MAX ? linkTarget(path.join(this.#root, next)) : undefined;
      if (target === undefined) at = next;
      else {
        links++;
        rest.unshift(...path.resolve(at, target).split('/').slice(1));
        at = '/';
      }
    }
    return at;
  }

  /** Where a link points to is looked up below the root, too. */
  #at(file: string): string {
    return this.#root === '' ? file : path.join(this.#root, this.realPath(file));
  }
}

/** What it is that is no file to be read; undefined: it is one. Whoever masks a file of systemd's links it to /dev/null. */
function otherThanFile(stats: fs.Stats, realPath: string): string | undefined {
  if (stats.isFile() || realPath === '/dev/null') return undefined;
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a named pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}

function linkTarget(file: string): string | undefined {
  try {
    return fs.readlinkSync(file);
  } catch {
    // No link, or not there: the read that follows tells.
    return undefined;
  }
}
