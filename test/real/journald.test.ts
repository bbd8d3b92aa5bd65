// The source `systemd` beside a real systemd-journald: rotation, kills on both sides, vacuum while the output stands.
import * as fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BulkServer } from '../support/bulk-server.ts';
import { scratchFolders } from '../support/folder.ts';
import { Journald, journalMessages, lastSeqnum, missingForJournald } from '../support/journald.ts';
import { Program } from '../support/program.ts';

const folderOf = scratchFolders();
const IDENTIFIER = 'kata';

function configOf(directory: string, server: BulkServer): string {
  const { hostname, port } = new URL(server.origin);
  return `
<source>
  @type systemd
  path ${directory}
  tag journal
  read_from_head true
</source>
<match **>
  @type opensearch
  host ${hostname}
  port ${port}
  logstash_format true
  logstash_prefix journal
  <buffer>
    flush_interval 0.1
    retry_wait 0.1
    retry_max_interval 0.5
  </buffer>
</match>`;
}

interface Stored {
  readonly MESSAGE: string;
  readonly SYSLOG_IDENTIFIER?: string;
  readonly KATALOG_GAP_FROM?: string;
  readonly KATALOG_GAP_TO?: string;
}

function storedIn(server: BulkServer): readonly Stored[] {
  return [...server.stored.values()].map((document) => JSON.parse(document) as Stored);
}

function messagesOf(stored: readonly Stored[]): readonly string[] {
  return stored.filter((each) => each.SYSLOG_IDENTIFIER === IDENTIFIER).map((each) => each.MESSAGE);
}

function numbered(from: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `number ${from + i} of a message that says where it stands`);
}

const missing = missingForJournald();
const mustBeThere = process.env['CI'] === 'true' || process.env['KATALOG_REQUIRE_SERVERS'] === '1';
if (missing !== undefined && mustBeThere) throw new Error(`no systemd-journald: ${missing}`);
if (missing !== undefined) console.log(`skipped: no systemd-journald (${missing})`);

describe.skipIf(missing !== undefined)('beside a real systemd-journald', () => {
  test('rotation, SIGKILL of journald, twenty kills of the reader: every entry is stored once', async () => {
    const folder = folderOf('journald');
    const server = await BulkServer.start();
    const settings = ['SystemMaxFileSize=512K', 'SystemMaxUse=4G', 'SystemMaxFiles=10000'];
    let journald = await Journald.start(folder, settings);
    const config = configOf(journald.directory, server);
    let program = Program.start({ config, folder, once: false });
    let sent = 0;
    for (let round = 0; round < 20; round++) {
      const stream = await journald.connect(IDENTIFIER);
      const bulksBefore = server.requests.length;
      const writing = stream.write(numbered(sent, 3000));
      sent += 3000;
      // Killed in the middle of it, once something of this round has arrived.
      await bulks(server, bulksBefore + 1);
      program.kill('SIGKILL');
      await program.exit;
      program = Program.start({ config, folder, once: false });
      if (round % 7 === 3) {
        await journald.kill('SIGKILL');
        journald = await Journald.start(folder, settings);
      } else if (round % 5 === 1) journald.signal('SIGUSR2');
      await writing;
      await stream.end();
    }
    // journald writes an entry twice where a file is full in the middle of it; such a double is one entry here.
    const truth = [...new Set(journalMessages(journald.directory, IDENTIFIER))];
    await until(server, () => messagesOf(storedIn(server)).length >= truth.length);
    program.kill('SIGTERM');
    expect((await program.exit).code).toBe(0);
    await journald.kill('SIGTERM');
    await server.stop();
    expect(truth.length).toBeGreaterThan(30_000);
    expect(messagesOf(storedIn(server)).toSorted()).toEqual(truth.toSorted());
    expect(storedIn(server).filter((each) => each.KATALOG_GAP_FROM !== undefined)).toEqual([]);
  });

  test('vacuum while the output stands: what was deleted is told as gaps, everything else is stored', async () => {
    const folder = folderOf('vacuum');
    const server = await BulkServer.start();
    const journald = await Journald.start(folder, ['SystemMaxUse=8M', 'SystemMaxFileSize=1M']);
    const config = configOf(journald.directory, server);
    const program = Program.start({ config, folder, once: false });
    await write(journald, numbered(0, 5000));
    await until(server, () => messagesOf(storedIn(server)).length >= 1000);
    server.script = () => ({ kind: 'answer', status: 503, body: '{}' });
    const reached = lastSeqnum(journald.directory);
    let sent = 5000;
    // The output stands until the journal has forgotten far more than may be in flight.
    while (firstSeqnum(journald.directory) < reached + 120_000) {
      await write(journald, numbered(sent, 20_000));
      sent += 20_000;
    }
    // Ended, it writes no more: the last number is the last.
    await journald.kill('SIGTERM');
    const last = lastSeqnum(journald.directory);
    server.script = () => ({ kind: 'take' });
    const told = (): number => storedIn(server).reduce((sum, each) => sum + numbersOf(each), 0);
    await until(server, () => told() >= last);
    program.kill('SIGTERM');
    expect((await program.exit).code).toBe(0);
    await server.stop();
    const gaps = storedIn(server).filter((each) => each.KATALOG_GAP_FROM !== undefined);
    expect(gaps.length).toBeGreaterThan(0);
    expect(told()).toBe(last);
    expect(new Set(messagesOf(storedIn(server))).size).toBe(messagesOf(storedIn(server)).length);
    expect(overlaps(gaps)).toEqual([]);
  });
});

async function write(journald: Journald, lines: readonly string[]): Promise<void> {
  const stream = await journald.connect(IDENTIFIER);
  await stream.write(lines);
  await stream.end();
}

/** How many sequence numbers a document stands for. */
function numbersOf({ KATALOG_GAP_FROM: from, KATALOG_GAP_TO: to }: Stored): number {
  return from === undefined ? 1 : Number(to) - Number(from) + 1;
}

function overlaps(gaps: readonly Stored[]): readonly (readonly [number, number])[] {
  const ranges = gaps
    .map(({ KATALOG_GAP_FROM: from, KATALOG_GAP_TO: to }) => [Number(from), Number(to)] as const)
    .toSorted((a, b) => a[0] - b[0]);
  return ranges.filter(([from], i) => i > 0 && from <= (ranges[i - 1] as readonly [number, number])[1]);
}

/** The lowest sequence number that a file of the journal still has. */
function firstSeqnum(directory: string): number {
  const files = fs.readdirSync(directory).filter((name) => name.endsWith('.journal'));
  // head_entry_seqnum stands at offset 168 of the header.
  const heads = files.flatMap((name) => {
    const bytes = Buffer.alloc(176);
    const fd = openIfThere(`${directory}/${name}`);
    if (fd === undefined) return [];
    fs.readSync(fd, bytes, 0, bytes.length, 0);
    fs.closeSync(fd);
    const head = Number(bytes.readBigUInt64LE(168));
    return head > 0 ? [head] : [];
  });
  return Math.min(...heads);
}

function openIfThere(path: string): number | undefined {
  try {
    return fs.openSync(path, 'r');
  } catch {
    // Deleted since it was listed.
    return undefined;
  }
}

/** Resolves after the server has seen so many bulk requests. */
async function bulks(server: BulkServer, count: number): Promise<void> {
  await until(server, () => server.requests.length >= count);
}

/** Resolves when the condition holds; it is looked at after each bulk request. */
async function until(server: BulkServer, condition: () => boolean): Promise<void> {
  while (!condition()) await server.nextRequest();
}
