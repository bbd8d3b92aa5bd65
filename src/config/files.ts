// The files of a configuration: the only place of this room that reads the disk.
import * as fs from 'node:fs';
import { globSync } from 'tinyglobby';
import { EnvironmentError } from '../core/failure.ts';
import type { FileAccess } from './environment.ts';

export const diskFiles: FileAccess = {
  readFile(path) {
    try {
      return fs.readFileSync(path, 'utf8');
    } catch (cause) {
      throw new EnvironmentError('config/unreadable', `cannot read the configuration ${path}`, { cause });
    }
  },
  glob(pattern) {
    // A name that exists is meant as it stands, whatever characters it or its directory has.
    if (fs.existsSync(pattern)) return [pattern];
    if (!/[*?[{]/.test(pattern)) return [];
    return globSync([pattern], { absolute: true, expandDirectories: false }).sort();
  },
};
