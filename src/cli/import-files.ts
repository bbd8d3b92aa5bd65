// Named files into the store, read as `katalog parse` reads them: any kind, repaired, unwrapped, doubles once, secrets
// blacked out. Read again they meet their own ids.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { crc32 } from 'node:zlib';
import { Arena } from '../core/arena.ts';
import type { Instant } from '../core/event.ts';
import { kataJson, pairsJson } from '../kata/ndjson.ts';
import type { Understood } from '../kata/record.ts';
import { streamKey } from '../search/id.ts';
import { DocumentEncoder } from '../store/document-encoder.ts';
import { FANOUT_UNIT } from '../store/wal-encoder.ts';
import type { StoreWriter } from '../store/writer.ts';
import { readKataFiles } from './kata-records.ts';

const BATCH_RECORDS = 2000;
const FINGERPRINT_BYTES = 1024;
const CHECK_MASK = FANOUT_UNIT - 1;

export interface Imported {
  readonly records: number;
  /** Records that the store had already. */
  readonly known: number;
  /** Lines that no parser understood: kept as they are. */
  readonly refused: number;
  /** Size of the files that could be asked for it. */
  readonly bytes: number;
}

/** @throws {EnvironmentError} `files/read`, `store/…` */
export async function importFiles(
  files: readonly string[],
  hostId: string,
  writer: StoreWriter,
  now: Instant,
  onRecord: (record: Understood, tag: string, level: string | undefined) => void,
): Promise<Imported> {
  const encoder = new DocumentEncoder(new Arena());
  const places = new Places(hostId);
  const appended: Promise<readonly boolean[]>[] = [];
  let waiting = 0;
  let last = now;
  let refused = 0;
  const flush = (): void => {
    waiting = 0;
    appended.push(writer.append(encoder.take()));
  };
  await readKataFiles(files, (record) => {
    // A record without a time of its own stands beside the one before it.
    last = record.kata.time ?? last;
    encoder.add(documentOf(record), places.of(record), last);
    if (record.raw !== undefined && record.kata.repairs === undefined) refused++;
    onRecord(record, tagOf(record.source.path), levelOf(record));
    if (++waiting === BATCH_RECORDS) flush();
  });
  if (waiting > 0) flush();
  const isNew = (await Promise.all(appended)).flat();
  // Nothing more comes for now, and sealed records are found quicker.
  await writer.seal();
  const bytes = files.reduce((sum, file) => sum + (fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
  return { records: isNew.length, known: isNew.filter((one) => !one).length, refused, bytes };
}

/** As Kata wrote it, where it did; else as it was understood. */
function levelOf({ fields, kata }: Understood): string | undefined {
  const written = fields?.get('level');
  return typeof written === 'string' ? written : kata.level;
}

function documentOf({ kata, fields, wrappers, raw, source }: Understood): string {
  const parts = [`"tag":${JSON.stringify(tagOf(source.path))}`, `"kata":${kataJson(kata)}`];
  if (fields) parts.push(`"fields":${pairsJson(fields)}`);
  if (wrappers[0]) parts.push(`"wrapper":${pairsJson(wrappers[0])}`);
  if (raw !== undefined) parts.push(`"raw":${JSON.stringify(raw)}`);
  parts.push(`"source":${JSON.stringify(source)}`);
  return `{${parts.join(',')}}`;
}

function tagOf(file: string): string {
  return `kata.${path.basename(file).replace(/(\.(log|ndjson|json|gz|txt))+$/g, '')}`;
}

/** Where each record lies: the stream by its content, so that a copied or renamed file is the same one. */
class Places {
  readonly #hostId: string;
  readonly #streams = new Map<string, string>();
  #lastStream = '';
  #lastOffset = -1;
  #fanout = 0;

  constructor(hostId: string) {
    this.#hostId = hostId;
  }

  of({ source, kata, raw }: Understood): { readonly stream: string; readonly offset: number; readonly check: number } {
    const stream = this.#streams.get(source.path) ?? this.#open(source.path);
    const isSame = stream === this.#lastStream && source.offset === this.#lastOffset;
    // Several records of one line count up.
    this.#fanout = isSame ? this.#fanout + 1 : 0;
    this.#lastStream = stream;
    this.#lastOffset = source.offset;
    const check = crc32(`${kata.msg ?? ''}\n${raw ?? ''}\n${source.bytes}`) & CHECK_MASK;
    return { stream, offset: source.offset, check: check + this.#fanout * FANOUT_UNIT };
  }

  #open(file: string): string {
    const fingerprint = createHash('sha256').update(headOf(file)).digest('hex');
    const key = streamKey({ hostId: this.#hostId, kind: 'f', fingerprint, salt: `up ${path.basename(file)}` });
    this.#streams.set(file, key);
    return key;
  }
}

/** The first bytes of a file; of a journal or standard input its name stands in. */
function headOf(file: string): Buffer {
  if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile()) return Buffer.from(file);
  const fd = fs.openSync(file, 'r');
  try {
    const head = Buffer.alloc(FINGERPRINT_BYTES);
    return head.subarray(0, fs.readSync(fd, head, 0, FINGERPRINT_BYTES, 0));
  } finally {
    fs.closeSync(fd);
  }
}
