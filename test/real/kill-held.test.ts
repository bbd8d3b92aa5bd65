// kill -9 while records are put together of several lines: of one file by its first lines, and of interleaved streams by
// the filter concat. Each line is in what arrives once: none is lost, none is there twice, none is in another's record.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import type { Random } from '../../samples/random.js';
import { BulkServer } from '../support/bulk-server.ts';
import { scratchFolders } from '../support/folder.ts';
import { contentOf, type Happening, Moments } from '../support/moments.ts';
import { importAll, Program, stateOf } from '../support/program.ts';
import { seededRandom } from '../support/seed.ts';

const KILLS = 40;
const STREAMS = 7;
const LINES_MAX = 6;
const PAD = 'x'.repeat(300);

const folderOf = scratchFolders();

/** Records of several lines each: a number of a record, a number of a line in it, and its stream. */
class HeldLogs {
  readonly #folder: string;
  readonly #random: Random;
  readonly #open: { record: number; line: number; left: number }[] = [];
  /** Lines of each record of both files. */
  readonly written: number[] = [];

  constructor(folder: string, random: Random) {
    this.#folder = folder;
    this.#random = random;
    for (const name of ['lines', 'streams']) fs.writeFileSync(this.path(name), '');
  }

  path(name: string): string {
    return path.join(this.#folder, `${name}.log`);
  }

  /** Whole records of one stream after the other; the last one may go on later. */
  appendLines(count: number): void {
    let text = '';
    for (let i = 0; i < count; i++) text += `${this.#next(0)} ${PAD}\n`;
    fs.appendFileSync(this.path('lines'), text);
  }

  /** Lines of all streams in any order. */
  appendStreams(count: number): void {
    let text = '';
    for (let i = 0; i < count; i++) {
      const stream = this.#random.int(1, STREAMS);
      text += `${JSON.stringify({ stream: `s${stream}`, message: `${this.#next(stream)} ${PAD}` })}\n`;
    }
    fs.appendFileSync(this.path('streams'), text);
  }

  #next(stream: number): string {
    let open = this.#open[stream];
    if (!open || open.left === 0) {
      open = { record: this.written.length, line: 0, left: this.#random.int(1, LINES_MAX) };
      this.#open[stream] = open;
      this.written.push(0);
    }
    open.left--;
    this.written[open.record] = open.line + 1;
    return `${open.line === 0 ? 'BEGIN' : 'more'} ${open.record}.${open.line++}`;
  }
}

/** What is wrong with the messages that arrived: lines lost, twice, or in a record of another. */
function faults(messages: readonly string[], written: readonly number[]): string[] {
  const seen = new Map<string, number>();
  const found: string[] = [];
  for (const message of messages) {
    const lines = [...message.matchAll(/(?:BEGIN|more) (\d+)\.(\d+) /g)].map(([, record, line]) => `${record}.${line}`);
    for (const line of lines) seen.set(line, (seen.get(line) ?? 0) + 1);
    if (new Set(lines.map((line) => line.split('.')[0])).size > 1) found.push(`mixed: ${lines.join(' ')}`);
  }
  for (const [record, lines] of written.entries()) {
    for (let line = 0; line < lines; line++) {
      const times = seen.get(`${record}.${line}`) ?? 0;
      if (times !== 1) found.push(`${times} times: ${record}.${line}`);
    }
  }
  return found;
}

const config = (logs: HeldLogs, match: string): string => `
<source>
  @type tail
  path ${logs.path('lines')}
  tag lines
  read_from_head true
  multiline_flush_interval 0.1
  emit_unmatched_lines true
  <parse>
    @type multiline
    format_firstline /^BEGIN/
    format1 /^(?<message>.*)/
  </parse>
</source>
<source>
  @type tail
  path ${logs.path('streams')}
  tag streams
  read_from_head true
  <parse>
    @type json
  </parse>
</source>
<filter streams>
  @type concat
  key message
  stream_identity_key stream
  multiline_start_regexp /^BEGIN/
  flush_interval 0.1
</filter>
${match}`;

/** Appends, imports and kills again and again; in the end everything is imported. */
async function crashLoop(
  name: string,
  logs: HeldLogs,
  moments: Moments,
  happenings: readonly Happening[],
  match: string,
): Promise<void> {
  const folder = path.dirname(logs.path('lines'));
  const random = seededRandom(name);
  for (let kills = 0; kills < KILLS; ) {
    logs.appendStreams(random.int(50, 2500));
    logs.appendLines(random.int(0, 400));
    const moment = { what: random.pick(happenings), nth: random.int(1, 20) };
    const isOnce = random.chance(0.5);
    const program = Program.start({ config: config(logs, match), folder, once: isOnce });
    // What goes on gets more to read until it is killed: joins are open at every moment.
    const feeding = isOnce ? undefined : setInterval(() => logs.appendStreams(200), 20);
    if (await moments.killAt(program, moment)) kills++;
    clearInterval(feeding);
  }
  await importAll({ config: config(logs, match), folder });
}

function prepared(name: string): { readonly folder: string; readonly logs: HeldLogs } {
  const folder = folderOf(name);
  fs.mkdirSync(stateOf(folder), { mode: 0o700 });
  return { folder, logs: new HeldLogs(folder, seededRandom(name)) };
}

test(`held lines, output file: ${KILLS} kills`, async () => {
  const { folder, logs } = prepared('held-file');
  const out = path.join(folder, 'out');
  fs.mkdirSync(out);
  const moments = new Moments();
  const unwatch = [moments.watch(stateOf(folder), 'state changed'), moments.watch(out, 'output changed')];
  const match = `<match **>\n  @type file\n  path ${out}/\${tag}.%Y%m%d.log\n  format json\n</match>\n`;
  await crashLoop('held-file', logs, moments, ['state changed', 'output changed'], match);
  for (const end of unwatch) end();
  const records = contentOf(out).split('\n').slice(0, -1);
  expect(faults(records, logs.written).slice(0, 20)).toEqual([]);
});

test(`held lines, output elasticsearch: ${KILLS} kills`, async () => {
  const { folder, logs } = prepared('held-search');
  const moments = new Moments();
  const server = await BulkServer.start();
  // A dead program does not store what it did not send; what it sent is there, answered or not.
  server.script = () => (moments.note('bulk received', () => '') ? { kind: 'take-and-hang' } : { kind: 'take' });
  const unwatch = moments.watch(stateOf(folder), 'state changed');
  const port = new URL(server.origin).port;
  const match = `<match **>\n  @type elasticsearch\n  port ${port}\n  index_name held\n  <buffer>\n    chunk_limit_size 64k\n    flush_interval 0.05\n  </buffer>\n</match>\n`;
  await crashLoop('held-search', logs, moments, ['bulk received', 'state changed'], match);
  unwatch();
  await server.stop();
  expect(faults([...server.stored.values()], logs.written).slice(0, 20)).toEqual([]);
});
