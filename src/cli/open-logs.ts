// Where a command's records are: one place that knows how they are named on the command line and opened.
import * as path from 'node:path';
import type { Command } from 'commander';
import { systemClock } from '../pipeline/system-clock.ts';
import type { LogStore } from '../store/log-store.ts';
import { defaultStateDirectory } from './state-directory.ts';

/** Options as commander reads them. */
export interface LogPlace {
  readonly store?: string;
}

/** Adds the options that say where the records are. */
export function withLogPlace(command: Command): Command {
  return command.option('--store <dir>', `the embedded store (default: ${defaultStore()})`);
}

/**
 * Opens the records for reading, beside whoever writes them.
 * @throws {EnvironmentError} `store/…`
 */
export async function openLogs({ store }: LogPlace): Promise<LogStore> {
  // Loaded here: a command that reads files starts without DuckDB.
  const { openForReading } = await import('../store/open-store.ts');
  return openForReading(store ?? defaultStore(), systemClock);
}

function defaultStore(): string {
  return path.join(defaultStateDirectory(), 'store');
}
