// The configuration that a command was given with -c.
import * as os from 'node:os';
import { type Loaded, readConfig } from '../config/load.ts';
import { catalog } from '../plugins/catalog.ts';

/** @param root prefix of every absolute path of the configuration, or empty. */
export function readConfiguration(file: string, root: string): Loaded {
  return readConfig(file, catalog, { env: process.env, hostname: os.hostname(), workerId: 0, root });
}
