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
const SIZES = [64 << 10, MIB, 16 * MIB - 1, 16 * MIB, 16 * MIB + 1, 17 * MIB, 40];
const MAX_RECORD_BYTES = 16 * MIB;
const PEAK_MAX_KB = 300_000;
const POLL_MS = 200;

const folderOf = scratchFolders();
const lines = SIZES.map(line);

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
    return { head, bytes: MAX_RECORD_BYTES, partial: true, original_bytes: bytes, original_offset: start };
  });
}

interface Following {
  readonly folder: string;
  readonly lines: readonly string[];
  readonly parser: 'none' | 'json';
  readonly match: string;
}

/** Follows a log of the big lines until `isThere`. @returns the most memory that was resident at once, in kB. */
async function follow({ folder, lines, parser, match }: Following, isThere: () => Promise<boolean>): Promise<number> {
  const log = path.join(folder, 'big.log');
  fs.writeFileSync(log, lines.map((text) => `${text}\n`).join(''));
  const source = `<source>\n  @type tail\n  path ${log}\n  tag big\n  read_from_head true\n  <parse>\n    @type ${parser}\n  </parse>\n</source>\n`;
  const program = Program.start({ config: source + match, folder, once: false });
  while (!(await isThere())) {
    if (program.hasEnded) throw new Error(`the program ended by itself:\n${printed(folder)}`);
    await delay(POLL_MS);
  }
  const status = fs.readFileSync(`/proc/${program.pid}/status`, 'utf8');
  program.kill('SIGTERM');
  await program.exit;
  const peak = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
  console.log(`${path.basename(folder)}: ${peak} kB resident at most`);
  return peak;
}

function bySize(a: Shape, b: Shape): number {
  return Number.parseInt(a.head, 10) - Number.parseInt(b.head, 10);
}

describeWithServer('big records into a search server', (server) => {
  afterAll(() => server.deleteIndices('big-*'));

  test('whole, or cut and marked, in little memory', async () => {
    const folder = folderOf('big-search');
    const match = `<match **>\n  @type opensearch\n  port ${server.port}\n  logstash_prefix big\n</match>\n`;
    const peak = await follow(
      { folder, lines, parser: 'none', match },
      async () => (await server.count('big-*')) >= SIZES.length,
    );
    const shapes = (await server.documents('big-*', 1)).map(({ source }) => shapeOf(source));
    expect(shapes.toSorted(bySize)).toEqual(expectedShapes().toSorted(bySize));
    expect(peak).toBeLessThan(PEAK_MAX_KB);
  });
});

/** Where records go, one JSON object a line, and the configuration that does it. */
function fileOutput(name: string): { readonly folder: string; readonly out: string; readonly match: string } {
  const folder = folderOf(name);
  const out = path.join(folder, 'out');
  fs.mkdirSync(out);
  return { folder, out, match: `<match **>\n  @type file\n  path ${out}/big.%Y.log\n  format json\n</match>\n` };
}

function recordsIn(out: string): Record<string, unknown>[] {
  return contentOf(out)
    .split('\n')
    .slice(0, -1)
    .map((record) => JSON.parse(record) as Record<string, unknown>);
}

test('big records into a file: whole, or cut and marked, in little memory', async () => {
  const { folder, out, match } = fileOutput('big-file');
  const last = `{"message":"${line(SIZES.at(-1) as number)}"}\n`;
  const peak = await follow({ folder, lines, parser: 'none', match }, () =>
    Promise.resolve(contentOf(out).endsWith(last)),
  );
  expect(recordsIn(out).map(shapeOf)).toEqual(expectedShapes());
  expect(peak).toBeLessThan(PEAK_MAX_KB);
});

test('big JSON records: parsed up to 16 MiB, beyond that refused and told', async () => {
  const { folder, out, match } = fileOutput('big-json');
  const jsonLines = SIZES.map((bytes) => `{"message":"${line(bytes - '{"message":""}'.length)}"}`);
  const last = `${jsonLines.at(-1)}\n`;
  const given = { folder, lines: jsonLines, parser: 'json', match } as const;
  const peak = await follow(given, () => Promise.resolve(contentOf(out).endsWith(last)));
  const whole = jsonLines.filter((text) => text.length <= MAX_RECORD_BYTES);
  expect(recordsIn(out).map(shapeOf)).toEqual(
    whole.map((text) => shapeOf(JSON.parse(text) as Record<string, unknown>)),
  );
  expect(printed(folder).match(/cut a record of \d+ bytes/g)).toHaveLength(jsonLines.length - whole.length);
  expect(peak).toBeLessThan(PEAK_MAX_KB);
});
