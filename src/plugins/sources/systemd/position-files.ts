// The files in which Fluentd keeps the cursor: `pos_file` (the bare text) and `<storage>` (JSON).
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Intake } from '../../../core/plugin.ts';
import { quoted } from '../../../core/problem.ts';
import { onDisk } from '../../../readers/files/path-patterns.ts';
import { readIfThere } from '../../shared/read-if-there.ts';
import { type JournalMark, markOfCursor } from './mark.ts';

interface CursorFile {
  readonly path: string;
  /** The text of the file for a cursor. */
  write(cursor: string): string;
  /** The cursor in a text, or undefined where there is none. */
  read(text: string): string | undefined;
}

const bare = { write: (cursor: string) => cursor, read: (text: string) => text };

const storage = {
  write: (cursor: string) => JSON.stringify({ journal: cursor }),
  read: (text: string) => {
    try {
      const { journal } = JSON.parse(text) as { readonly journal?: unknown };
      return typeof journal === 'string' ? journal : undefined;
    } catch {
      // A torn file: the caller says that there is no cursor in it.
      return undefined;
    }
  },
};

export class PositionFiles {
  readonly #intake: Intake;
  readonly #files: readonly CursorFile[];

  constructor(intake: Intake, positionFile: string | undefined, storagePath: string | undefined) {
    this.#intake = intake;
    const found: CursorFile[] = [];
    if (positionFile !== undefined) found.push({ path: onDisk(intake.root, positionFile), ...bare });
    if (storagePath !== undefined) found.push({ path: storageFile(onDisk(intake.root, storagePath)), ...storage });
    this.#files = found;
  }

  /** What somebody else wrote into one of the files since this program did. */
  foreignMark(): JournalMark | undefined {
    for (const file of this.#files) {
      const warn = (message: string): void => this.#intake.log.warn(`position file ${quoted(file.path)}: ${message}`);
      const text = readIfThere(file.path, (problem) => warn(`cannot be read: ${problem}`));
      if (text === undefined || text.trim() === '' || this.#intake.wrotePositionFile(file.path, text)) continue;
      const mark = markOfCursor(file.read(text) ?? '');
      if (mark) return mark;
      warn('holds no cursor; it is passed over');
    }
    return undefined;
  }

  /** Keeps the files up to date. */
  keep(cursor: () => string): void {
    for (const file of this.#files) {
      makeDirectory(path.dirname(file.path), this.#intake);
      this.#intake.positionFile(file.path, () => {
        const text = cursor();
        // Nothing is settled yet: what stands there is as good.
        return text === '' ? undefined : file.write(text);
      });
    }
  }
}

/** Fluentd's rule: a file that is there or ends in `.json` is the file, anything else a directory. */
function storageFile(given: string): string {
  const isFile = given.endsWith('.json') || fs.statSync(given, { throwIfNoEntry: false })?.isFile();
  return isFile ? given : path.join(given, 'worker0', 'storage.json');
}

function makeDirectory(directory: string, { log }: Intake): void {
  try {
    fs.mkdirSync(directory, { recursive: true });
  } catch {
    log.debug(`cannot make ${quoted(directory)}; writing the position file will say why`);
  }
}
