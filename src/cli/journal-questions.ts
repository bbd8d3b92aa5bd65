// Questions about a journal that are answered without printing its entries.
import { rawEncoder } from '../formats/journal/encoders.ts';
import { FieldFragments } from '../formats/journal/field-fragments.ts';
import type { JournalHeader } from '../formats/journal/header.ts';
import { listBoots } from '../readers/journal/boots.ts';
import type { Journal } from '../readers/journal/journal.ts';
import { verifyFile } from '../readers/journal/verify.ts';
import { EXIT } from './exit-codes.ts';
import type { JournalFlags } from './journal-options.ts';
import type { JournalSink } from './journal-sink.ts';
import { sizeText, spanText, timeText, zoneName } from './journal-text.ts';

type Answer = (journal: Journal, flags: JournalFlags, sink: JournalSink) => Promise<number>;

/** Answers the question that the flags ask; undefined where they ask none. */
export async function answerQuestion(
  flags: JournalFlags,
  journal: Journal,
  sink: JournalSink,
): Promise<number | undefined> {
  return questionOf(flags)?.(journal, flags, sink);
}

function questionOf(flags: JournalFlags): Answer | undefined {
  if (flags.field !== undefined) return fieldValues;
  if (flags.fields) return fieldNames;
  if (flags.listBoots) return boots;
  if (flags.header) return headers;
  if (flags.diskUsage) return diskUsage;
  return flags.verify ? verify : undefined;
}

async function print(sink: JournalSink, lines: Iterable<string>): Promise<number> {
  await sink.write(Buffer.from([...lines].map((line) => `${line}\n`).join('')));
  return EXIT.fine;
}

async function fieldValues(journal: Journal, { field = '' }: JournalFlags, sink: JournalSink): Promise<number> {
  const values = new Map<string, Buffer>();
  const fields = new FieldFragments(rawEncoder);
  for (const { file, index } of journal.cursors) {
    for (const offset of index.values(field)) {
      fields.load(file, Int32Array.of(offset / 8), 1);
      for (const id of fields.ids.subarray(0, fields.count)) {
        const value = Buffer.from(
          fields.bytes.subarray((fields.start[id] as number) + field.length + 1, fields.end[id]),
        );
        values.set(value.toString('latin1'), value);
      }
    }
  }
  const lineEnd = Buffer.from('\n');
  for (const value of values.values()) await sink.write(Buffer.concat([value, lineEnd]));
  return EXIT.fine;
}

async function fieldNames(journal: Journal, _flags: JournalFlags, sink: JournalSink): Promise<number> {
  const names = new Set<string>();
  for (const { index } of journal.cursors) for (const name of index.fieldNames()) names.add(name);
  return print(sink, [...names].sort());
}

async function boots(journal: Journal, { utc, output }: JournalFlags, sink: JournalSink): Promise<number> {
  const found = listBoots(journal);
  const width = Math.max(3, String(found.length).length + 1);
  if (output === 'json') {
    const rows = found.map(({ id, firstUs, lastUs }, i) => ({
      index: i - found.length + 1,
      boot_id: id,
      first_entry: firstUs,
      last_entry: lastUs,
    }));
    return print(sink, [JSON.stringify(rows)]);
  }
  const time = (us: number): string =>
    `${timeText(us, '%a %Y-%m-%d %H:%M:%S', utc === true)} ${zoneName(us, utc === true)}`;
  const rows = found.map(({ id, firstUs, lastUs }, i) => {
    const index = String(i - found.length + 1).padStart(width);
    return `${index} ${id} ${time(firstUs)} ${time(lastUs)}`;
  });
  const timeWidth = time(0).length;
  const head = `${'IDX'.padStart(width)} ${'BOOT ID'.padEnd(32)} ${'FIRST ENTRY'.padEnd(timeWidth)} LAST ENTRY`;
  return print(sink, found.length > 0 ? [head, ...rows] : []);
}

const STATES = ['OFFLINE', 'ONLINE', 'ARCHIVED'];
const COMPATIBLE_FLAGS = [
  [1, 'SEALED'],
  [2, 'TAIL_ENTRY_BOOT_ID'],
  [4, 'SEALED_CONTINUOUS'],
] as const;
const INCOMPATIBLE_FLAGS = [
  [1, 'COMPRESSED-XZ'],
  [2, 'COMPRESSED-LZ4'],
  [8, 'COMPRESSED-ZSTD'],
  [4, 'KEYED-HASH'],
  [16, 'COMPACT'],
] as const;

function flagTexts(flags: number, known: readonly (readonly [number, string])[]): string {
  const named = known.filter(([flag]) => (flags & flag) !== 0).map(([, name]) => ` ${name}`);
  const rest = known.reduce((left, [flag]) => left & ~flag, flags) >>> 0;
  return named.join('') + (rest === 0 ? '' : ' ???');
}

async function headers(journal: Journal, flags: JournalFlags, sink: JournalSink): Promise<number> {
  const blocks = journal.cursors.map(({ disk, file }) =>
    headerLines(disk.path, file.header, disk.allocated(), flags.utc ?? false),
  );
  return print(
    sink,
    blocks.flatMap((lines, i) => (i === 0 ? lines : ['', ...lines])),
  );
}

function headerLines(path: string, header: JournalHeader, bytes: number, isUtc: boolean): string[] {
  const time = (us: number): string => {
    const text = us === 0 ? ' --- ' : `${timeText(us, '%a %Y-%m-%d %H:%M:%S', isUtc)} ${zoneName(us, isUtc)}`;
    return `${text} (${us.toString(16)})`;
  };
  const count = (name: string, value: number | undefined): string[] =>
    value === undefined ? [] : [`${name}: ${value}`];
  const fill = (name: string, value: number | undefined, { buckets }: JournalHeader['dataTable']): string[] =>
    value === undefined ? [] : [`${name} hash table fill: ${((value * 100) / buckets).toFixed(1)}%`];
  return [
    `File path: ${path}`,
    `File ID: ${header.fileId}`,
    `Machine ID: ${header.machineId}`,
    `Boot ID: ${header.tailBootId}`,
    `Sequential number ID: ${header.seqnumId}`,
    `State: ${STATES[header.state] ?? 'UNKNOWN'}`,
    `Compatible flags:${flagTexts(header.compatible, COMPATIBLE_FLAGS)}`,
    `Incompatible flags:${flagTexts(header.incompatible, INCOMPATIBLE_FLAGS)}`,
    `Header size: ${header.headerBytes}`,
    `Arena size: ${header.arenaEnd - header.headerBytes}`,
    `Data hash table size: ${header.dataTable.buckets}`,
    `Field hash table size: ${header.fieldTable.buckets}`,
    `Head sequential number: ${header.headSeqnum} (${header.headSeqnum.toString(16)})`,
    `Tail sequential number: ${header.tailSeqnum} (${header.tailSeqnum.toString(16)})`,
    `Head realtime timestamp: ${time(header.headRealtimeUs)}`,
    `Tail realtime timestamp: ${time(header.tailRealtimeUs)}`,
    `Tail monotonic timestamp: ${spanText(header.tailMonotonicUs)} (${header.tailMonotonicUs.toString(16)})`,
    `Objects: ${header.objects}`,
    `Entry objects: ${header.entries}`,
    ...count('Data objects', header.dataCount),
    ...fill('Data', header.dataCount, header.dataTable),
    ...count('Field objects', header.fieldCount),
    ...fill('Field', header.fieldCount, header.fieldTable),
    ...count('Tag objects', header.tagCount),
    ...count('Entry array objects', header.arrayCount),
    ...count('Deepest field hash chain', header.fieldDepth),
    ...count('Deepest data hash chain', header.dataDepth),
    `Disk usage: ${sizeText(bytes)}`,
  ];
}

async function diskUsage(journal: Journal, _flags: JournalFlags, sink: JournalSink): Promise<number> {
  const bytes = journal.cursors.reduce((sum, { disk }) => sum + disk.allocated(), 0);
  return print(sink, [`Archived and active journals take up ${sizeText(bytes)} in the file system.`]);
}

async function verify(journal: Journal, _flags: JournalFlags, sink: JournalSink): Promise<number> {
  let isFine = true;
  for (const { disk, file } of journal.cursors) {
    const faults = verifyFile(file);
    if (faults.length > 0) isFine = false;
    await print(
      sink,
      faults.length === 0 ? [`PASS: ${disk.path}`] : [`FAIL: ${disk.path}`, ...faults.map((fault) => `  ${fault}`)],
    );
  }
  return isFine ? EXIT.fine : EXIT.problems;
}
