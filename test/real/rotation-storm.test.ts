// A log that is rotated 200 times in every way there is while the program that follows it is killed 20 times: every
// line comes out once, or is told as overwritten.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Random } from '../../samples/random.js';
import { scratchFolders } from '../support/folder.ts';
import { compareNumbers, numberOf } from '../support/growing-logs.ts';
import { contentOf } from '../support/moments.ts';
import { importAll, Program, printed } from '../support/program.ts';
import { seededRandom } from '../support/seed.ts';

const ROTATIONS = 200;
const KILLS = 20;
const POLL_MS = 20;
const PAD = 'x'.repeat(200);

const folderOf = scratchFolders();

/** A log as logrotate and the container runtimes leave it: `app.log`, `app.log.1`, `app.log.2.gz`… */
class RotatedLog {
  readonly folder: string;
  readonly current: string;
  /** Lines written so far; they are numbered from 0. */
  count = 0;
  /** What was done, for whoever looks into a failure. */
  readonly history: string[] = [];
  /** How often a new file got the inode of an old one. */
  reusedInodes = 0;
  readonly #inodes = new Set<number>();
  readonly #random: Random;
  #rotations = 0;

  constructor(folder: string, random: Random) {
    this.folder = folder;
    this.current = path.join(folder, 'app.log');
    this.#random = random;
    this.#create();
  }

  write(lines: number): void {
    let text = '';
    for (let i = 0; i < lines; i++) text += `record ${this.count++} ${PAD.slice(this.#random.int(0, 150))}\n`;
    fs.appendFileSync(this.current, text);
    this.history.push(`${this.count} lines`);
  }

  rotate(): void {
    this.#rotations++;
    const old = path.join(this.folder, `app.log.${this.#rotations}`);
    const way = this.#random.pick(['rename', 'rename later', 'copytruncate', 'gzip', 'gzip at once'] as const);
    this.history.push(`${way} to ${path.basename(old)}`);
    switch (way) {
      case 'rename':
        fs.renameSync(this.current, old);
        this.#create();
        return;
      case 'rename later':
        // The writer still has the old file open, and writes its last lines there.
        fs.renameSync(this.current, old);
        fs.appendFileSync(old, `record ${this.count++} ${PAD}\n`);
        this.#create();
        return;
      case 'copytruncate':
        fs.copyFileSync(this.current, old);
        fs.truncateSync(this.current);
        return;
      case 'gzip':
        fs.renameSync(this.current, old);
        fs.writeFileSync(this.current, '');
        this.#compressOne();
        return;
      default:
        fs.renameSync(this.current, old);
        this.#compressOne();
        this.#create();
    }
  }

  /** Removes what was rotated away and begins the log anew: the new file may well get the inode of an old one. */
  clear(): void {
    this.history.splice(0);
    for (const name of fs.readdirSync(this.folder)) fs.rmSync(path.join(this.folder, name));
    this.#create();
  }

  #create(): void {
    fs.writeFileSync(this.current, '');
    const { ino } = fs.statSync(this.current);
    if (this.#inodes.has(ino)) this.reusedInodes++;
    this.#inodes.add(ino);
  }

  #compressOne(): void {
    const plain = fs.readdirSync(this.folder).filter((name) => /^app\.log\.\d+$/.test(name));
    const file = path.join(this.folder, this.#random.pick(plain));
    this.history.push(`compress ${path.basename(file)}`);
    const { atime, mtime } = fs.statSync(file);
    fs.writeFileSync(`${file}.gz.tmp`, gzipSync(fs.readFileSync(file)));
    // As gzip does.
    fs.utimesSync(`${file}.gz.tmp`, atime, mtime);
    fs.renameSync(`${file}.gz.tmp`, `${file}.gz`);
    fs.rmSync(file);
  }
}

function numbersIn(text: string): number[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => numberOf((JSON.parse(line) as { message: string }).message));
}

/** Resolves once the condition holds; rejects where the program ends before. */
async function until(program: Program, folder: string, condition: () => boolean): Promise<void> {
  while (!condition()) {
    if (program.hasEnded) throw new Error(`the program ended by itself:\n${printed(folder)}`);
    await delay(POLL_MS);
  }
}

function configOf(log: RotatedLog, out: string, more = ''): string {
  return `<source>
  @type tail
  path ${log.current}
  tag app
  read_from_head true
  refresh_interval 1
  rotate_wait 0.1
  ${more}
  <parse>
    @type none
  </parse>
</source>
<match **>
  @type file
  path ${out}/app.%Y.log
  format json
</match>
`;
}

test(`${ROTATIONS} rotations and ${KILLS} kills: every line once`, async () => {
  const folder = folderOf('storm');
  const random = seededRandom('rotation storm');
  const [logs, out] = ['logs', 'out'].map((name) => path.join(folder, name)) as [string, string];
  fs.mkdirSync(logs);
  fs.mkdirSync(out);
  const log = new RotatedLog(logs, random);
  const config = configOf(log, out);
  const killedAt = new Set<number>();
  while (killedAt.size < KILLS) killedAt.add(random.int(1, ROTATIONS));
  const start = (): Program => Program.start({ config, folder, once: false });
  /** Waits until the program has written the last line of the log so far. */
  const caughtUp = (): Promise<void> =>
    until(program, folder, () => contentOf(out).includes(`record ${log.count - 1} `));

  let program = start();
  // What was rotated away before the program first looked is none of its business.
  log.write(1);
  await caughtUp();
  for (let rotation = 1; rotation <= ROTATIONS; rotation++) {
    log.write(random.int(1, 300));
    // Now and then the program sees each step, mostly it finds several at once.
    if (random.chance(0.3)) await caughtUp();
    log.rotate();
    if (killedAt.has(rotation)) {
      program.kill('SIGKILL');
      await program.exit;
      log.history.push('kill');
      log.write(random.int(0, 50));
      program = start();
    }
    if (rotation % 20 === 0) {
      log.write(1);
      await caughtUp();
      program.kill('SIGTERM');
      expect(await program.exit).toEqual({ code: 0, signal: null });
      await importAll({ config, folder });
      expect(
        compareNumbers(numbersIn(contentOf(out)), log.count),
        `${rotation} rotations\n${log.history.join('\n')}`,
      ).toEqual({
        lost: [],
        doubled: [],
      });
      log.clear();
      log.write(1);
      program = start();
    }
  }
  program.kill('SIGTERM');
  await program.exit;
  await importAll({ config, folder });
  expect(compareNumbers(numbersIn(contentOf(out)), log.count)).toEqual({ lost: [], doubled: [] });
  console.log(`${log.count} lines, ${log.reusedInodes} inodes used again`);
});

test('what was truncated before it could be read is told to the byte', async () => {
  const folder = folderOf('truncated');
  const [logs, out] = ['logs', 'out'].map((name) => path.join(folder, name)) as [string, string];
  fs.mkdirSync(logs);
  fs.mkdirSync(out);
  const log = new RotatedLog(logs, seededRandom('truncation'));
  log.write(4000);
  const written = fs.readFileSync(log.current, 'utf8').split('\n').slice(0, -1);
  // One block is read, and then nothing for a very long time.
  const config = configOf(log, out, 'read_bytes_limit_per_second 1');
  const program = Program.start({ config, folder, once: false });
  await until(program, folder, () => contentOf(out).includes('record 0 '));
  fs.truncateSync(log.current);
  log.write(1);
  await until(program, folder, () => contentOf(out).includes(`record ${log.count - 1} `));
  program.kill('SIGTERM');
  await program.exit;
  const numbers = numbersIn(contentOf(out));
  const { doubled } = compareNumbers(numbers, log.count);
  const read = new Set(numbers);
  const lostBytes = written.reduce((sum, line, n) => sum + (read.has(n) ? 0 : line.length + 1), 0);
  expect(doubled).toEqual([]);
  expect(lostBytes).toBeGreaterThan(0);
  expect(printed(folder)).toContain(`at least ${lostBytes} bytes of "${log.current}" were overwritten or removed`);
});
