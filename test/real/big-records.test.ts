// Records of 64 KiB to 17 MiB: whole up to 16 MiB, cut and marked beyond, and never more than 300 MB of memory.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { scratchFolders } from '../support/folder.ts';
import { contentOf } from '../support/moments.ts';
import { Program, printed } from '../support/program.ts';
import { describeWithServer } from '../support/search-server.ts';

const MIB = 1 << 20;
const SIZES = [64 << 10, MIB, 16 * MIB - 1, 16 * MIB, 16 * MIB + 1, 17 * MIB, 20];
const MAX_RECORD_BYTES = 16 * MIB;
const PEAK_MAX_KB = 300_000;
const POLL_MS = 200;

const folderOf = scratchFolders();

/** A line of so many bytes that says how many they are. */
function line(bytes: number): string {
  const head = `${bytes} bytes `;
  return head + 'x'.repeat(bytes - head.length);
}

interface Shape {
  readonly head: string;
  readonly bytes: number;
  readonly partial: unknown;
  readonly original_bytes: unknown;
  readonly original_offset: unknown;
}

/** What is compared of a record: megabytes in a failure help nobody. */
function shapeOf(record: Readonly<Record<string, unknown>>): Shape {
  const { message, partial, original_bytes, original_offset } = record;
  const text = String(message);
  return { head: text.slice(0, text.indexOf('x')), bytes: text.length, partial, original_bytes, original_offset };
}

function expectedShapes(): readonly Shape[] {
  let offset = 0;
  return SIZES.map((bytes) => {
    const start = offset;
    offset += bytes + 1;
    const head = `${bytes} bytes `;
    if (bytes <= MAX_RECORD_BYTES)
      return { head, bytes, partial: undefined, original_bytes: undefined, original_offset: undefined };
    return { head, bytes: MAX_RECORD_BYTES, partial: true, original_bytes: bytes + 1, original_offset: start };
  });
}

/** Follows a log of the big lines until `isThere`. @returns the most memory that was resident at once, in kB. */
async function follow(folder: string, match: string, isThere: () => Promise<boolean>): Promise<number> {
  const log = path.join(folder, 'big.log');
  fs.writeFileSync(log, SIZES.map((bytes) => `${line(bytes)}\n`).join(''));
  const source = `<source>\n  @type tail\n  path ${log}\n  tag big\n  read_from_head true\n  <parse>\n    @type none\n  </parse>\n</source>\n`;
  const program = Program.start({ config: source + match, folder, once: false });
  while (!(await isThere())) {
    if (program.hasEnded) throw new Error(`the program ended by itself:\n${printed(folder)}`);
    await delay(POLL_MS);
  }
  const status = fs.readFileSync(`/proc/${program.pid}/status`, 'utf8');
  program.kill('SIGTERM');
  await program.exit;
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
}

function bySize(a: Shape, b: Shape): number {
  return Number.parseInt(a.head, 10) - Number.parseInt(b.head, 10);
}

describeWithServer('big records into a search server', (server) => {
  afterAll(() => server.deleteIndices('big-*'));

  test('whole, or cut and marked, in little memory', async () => {
    const folder = folderOf('big-search');
    const match = `<match **>\n  @type opensearch\n  port ${server.port}\n  logstash_prefix big\n</match>\n`;
    const peak = await follow(folder, match, async () => (await server.count('big-*')) >= SIZES.length);
    const shapes = (await server.documents('big-*', 1)).map(({ source }) => shapeOf(source));
    expect(shapes.toSorted(bySize)).toEqual(expectedShapes().toSorted(bySize));
    expect(peak).toBeLessThan(PEAK_MAX_KB);
  });
});

test('big records into a file: whole, or cut and marked, in little memory', async () => {
  const folder = folderOf('big-file');
  const out = path.join(folder, 'out');
  fs.mkdirSync(out);
  const match = `<match **>\n  @type file\n  path ${out}/big.%Y.log\n  format json\n</match>\n`;
  const last = `{"message":"${line(SIZES.at(-1) as number)}"}\n`;
  const peak = await follow(folder, match, () => Promise.resolve(contentOf(out).endsWith(last)));
  const records = contentOf(out).split('\n').slice(0, -1);
  expect(records.map((record) => shapeOf(JSON.parse(record) as Record<string, unknown>))).toEqual(expectedShapes());
  expect(peak).toBeLessThan(PEAK_MAX_KB);
});
