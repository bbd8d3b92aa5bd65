// A real systemd-journald of its own: everything it reads and writes lies in one folder. Needs root.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const BINARY = '/lib/systemd/systemd-journald';
/** Instances of journald have names; the program takes its folders from the environment then. */
const NAME = 'katalog-test';
const RETRY_MS = 10;

/** Why there can be no journald here; undefined where there can. */
export function missingForJournald(): string | undefined {
  if (!fs.existsSync(BINARY)) return `${BINARY} is missing`;
  return process.getuid?.() === 0 ? undefined : 'it needs root';
}

export class Journald {
  readonly #folder: string;
  readonly #pid: number;
  readonly #exit: Promise<unknown>;

  private constructor(folder: string, pid: number, exit: Promise<unknown>) {
    this.#folder = folder;
    this.#pid = pid;
    this.#exit = exit;
  }

  /** @param settings lines of journald.conf. */
  static async start(folder: string, settings: readonly string[]): Promise<Journald> {
    for (const name of ['run', 'log', 'etc']) fs.mkdirSync(path.join(folder, name), { recursive: true });
    fs.rmSync(path.join(folder, 'run', 'stdout'), { force: true });
    const lines = [
      '[Journal]',
      'Storage=persistent',
      'RateLimitIntervalSec=0',
      'RateLimitBurst=0',
      'Seal=no',
      ...settings,
    ];
    fs.writeFileSync(path.join(folder, 'etc', `journald@${NAME}.conf`), `${lines.join('\n')}\n`);
    const command = 'mount --bind "$0/etc" /etc/systemd && exec "$1" "$2"';
    const log = fs.openSync(path.join(folder, 'journald.log'), 'a');
    const child = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', command, folder, BINARY, NAME], {
      env: {
        ...process.env,
        RUNTIME_DIRECTORY: path.join(folder, 'run'),
        LOGS_DIRECTORY: path.join(folder, 'log'),
        SYSTEMD_LOG_TARGET: 'console',
      },
      stdio: ['ignore', log, log],
    });
    fs.closeSync(log);
    const journald = new Journald(folder, child.pid as number, once(child, 'exit'));
    await journald.#listens();
    return journald;
  }

  /** Where its journal files are. */
  get directory(): string {
    return path.join(this.#folder, 'log');
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    process.kill(this.#pid, signal);
    await this.#exit;
  }

  /** Asks it to rotate (SIGUSR2) or to flush (SIGUSR1). */
  signal(signal: NodeJS.Signals): void {
    process.kill(this.#pid, signal);
  }

  /** A program whose standard output goes to the journal. */
  async connect(identifier: string): Promise<JournalStream> {
    // journald ends its side at once: it has nothing to say.
    const socket = net.connect({ path: path.join(this.#folder, 'run', 'stdout'), allowHalfOpen: true });
    await once(socket, 'connect');
    socket.resume();
    // Identifier, unit, priority, whether lines begin with a level, and whether to forward to syslog, kmsg, console.
    socket.write(`${identifier}\n\n6\n0\n0\n0\n0\n`);
    return new JournalStream(socket);
  }

  /** Nothing tells when it begins to listen: a socket that is there may still refuse. */
  async #listens(): Promise<void> {
    while (!(await this.#accepts())) await delay(RETRY_MS);
  }

  async #accepts(): Promise<boolean> {
    const socket = net.connect(path.join(this.#folder, 'run', 'stdout'));
    try {
      await once(socket, 'connect');
      return true;
    } catch {
      // Not yet.
      return false;
    } finally {
      socket.destroy();
    }
  }
}

export class JournalStream {
  readonly #socket: net.Socket;
  #isOpen = true;

  constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.on('error', () => {
      this.#isOpen = false;
    });
    socket.on('close', () => {
      this.#isOpen = false;
    });
  }

  /** Writes lines as fast as they are taken; resolves early when journald went away. */
  async write(lines: readonly string[]): Promise<void> {
    const CHUNK = 500;
    for (let i = 0; i < lines.length && this.#isOpen; i += CHUNK) {
      const text = `${lines.slice(i, i + CHUNK).join('\n')}\n`;
      if (this.#socket.write(text)) continue;
      await Promise.race([once(this.#socket, 'drain'), once(this.#socket, 'close')]);
    }
  }

  async end(): Promise<void> {
    this.#socket.end();
    if (this.#isOpen) await once(this.#socket, 'close');
  }
}

/** The messages of an identifier in a journal, by journalctl. */
export function journalMessages(directory: string, identifier: string): readonly string[] {
  return journalctl(['-D', directory, '-t', identifier, '-o', 'cat', '--no-pager']).split('\n').slice(0, -1);
}

/** The sequence number of the last entry of all files. */
export function lastSeqnum(directory: string): number {
  const numbers = journalctl(['-D', directory, '--header']).matchAll(/Tail sequential number: (\d+)/g);
  return Math.max(0, ...[...numbers].map((match) => Number(match[1])));
}

function journalctl(args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync('journalctl', args, { encoding: 'utf8', maxBuffer: 1 << 30 });
  if (status !== 0) throw new Error(`journalctl ${args.join(' ')}: ${stderr}`);
  return stdout;
}
