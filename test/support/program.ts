// The built program as a child process.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../bin/katalog.js', import.meta.url));
const fakeClock = fileURLToPath(new URL('./fake-clock.js', import.meta.url));

export interface ProgramOptions {
  /** Text of the configuration. */
  readonly config: string;
  /** Scratch folder: the configuration, the state and the log lie in it. */
  readonly folder: string;
  readonly once: boolean;
  /** This folder is /var/log for the program, and for the program only (a mount namespace of its own). */
  readonly varLog?: string;
  /** Stands in front of every absolute path of the configuration. */
  readonly root?: string;
  /** The wall clock at the start, in milliseconds since the epoch. */
  readonly startsAtMs?: number;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class Program {
  readonly exit: Promise<Exit>;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.exit = once(child, 'exit').then(([code, signal]: unknown[]) => ({
      code: code as Exit['code'],
      signal: signal as Exit['signal'],
    }));
  }

  /** Starts `katalog run`; what it prints is appended to `program.log` of the folder. */
  static start({ config, folder, once: isOnce, varLog, root, startsAtMs }: ProgramOptions): Program {
    const file = path.join(folder, 'fluent.conf');
    fs.writeFileSync(file, config);
    const run = [
      'run',
      '-c',
      file,
      '--state-dir',
      stateOf(folder),
      '--host-id',
      'test',
      ...(isOnce ? ['--once'] : []),
      ...(root === undefined ? [] : ['--root', root]),
    ];
    const clock = startsAtMs === undefined ? [] : ['--import', fakeClock];
    const command = [...inNamespace(varLog), process.execPath, ...clock, bin, ...run];
    const log = fs.openSync(logOf(folder), 'a');
    const child = spawn(command[0] as string, command.slice(1), {
      stdio: ['ignore', log, log],
      env: { ...process.env, TZ: 'UTC', ...(startsAtMs !== undefined && { FAKE_CLOCK_START_MS: String(startsAtMs) }) },
    });
    fs.closeSync(log);
    return new Program(child);
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

/** Runs it to the end of its sources. @throws with what it printed where the exit code is not 0. */
export async function importAll(options: Omit<ProgramOptions, 'once'>): Promise<void> {
  const { code, signal } = await Program.start({ ...options, once: true }).exit;
  if (code !== 0) throw new Error(`the program ended with ${signal ?? code}; it printed:\n${printed(options.folder)}`);
}

export function stateOf(folder: string): string {
  return path.join(folder, 'state');
}

/** Everything that the programs of a folder printed so far. */
export function printed(folder: string): string {
  return fs.readFileSync(logOf(folder), 'utf8');
}

function logOf(folder: string): string {
  return path.join(folder, 'program.log');
}

function inNamespace(varLog: string | undefined): readonly string[] {
  if (varLog === undefined) return [];
  return ['unshare', '--mount', 'sh', '-c', 'mount --bind "$0" /var/log && exec "$@"', varLog];
}
