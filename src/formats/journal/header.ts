// The header of a journal file, and what is wrong with it.
import {
  FLAG_COMPACT,
  FLAG_KEYED_HASH,
  HEADER_MAX_BYTES,
  HEADER_MIN_BYTES,
  KNOWN_INCOMPATIBLE,
  SIGNATURE,
  STATE_ARCHIVED,
  STATE_ONLINE,
} from './layout.ts';

/** A hash table: offset of its items, number of buckets. */
export interface HashTable {
  readonly offset: number;
  readonly buckets: number;
}

export interface JournalHeader {
  readonly compatible: number;
  readonly incompatible: number;
  readonly isCompact: boolean;
  readonly isKeyed: boolean;
  /** Open for writing, or its writer died. */
  readonly isOnline: boolean;
  readonly state: number;
  /** 16 bytes, the identity of the file and the key of its hashes. */
  readonly fileIdBytes: Buffer;
  readonly fileId: string;
  readonly machineId: string;
  readonly seqnumId: string;
  readonly tailBootId: string;
  readonly headerBytes: number;
  /** End of what is allocated, as the header has it. */
  readonly arenaEnd: number;
  readonly dataTable: HashTable;
  readonly fieldTable: HashTable;
  readonly tailObject: number;
  readonly objects: number;
  readonly entries: number;
  readonly headSeqnum: number;
  readonly tailSeqnum: number;
  readonly entryArray: number;
  readonly headRealtimeUs: number;
  readonly tailRealtimeUs: number;
  readonly tailMonotonicUs: number;
  readonly dataCount: number | undefined;
  readonly fieldCount: number | undefined;
  readonly tagCount: number | undefined;
  readonly arrayCount: number | undefined;
  /** Most values (names) that share a bucket of the hash table. */
  readonly dataDepth: number | undefined;
  readonly fieldDepth: number | undefined;
  /** The last array of the main chain and how many of its items are used. */
  readonly tailArray: { readonly offset: number; readonly entries: number } | undefined;
}

export interface HeaderReading {
  readonly header: JournalHeader;
  /** What is wrong, in words; empty for a header that can be trusted. */
  readonly faults: readonly string[];
  /** A flag that this program does not know: the file may mean something else than it seems to. */
  readonly unknownFlags: number;
}

/** All zero, as a vacuumed file reads that is still open, and a file whose first page was never written. */
export function isBlank(bytes: Buffer): boolean {
  return bytes.subarray(0, HEADER_MIN_BYTES).every((byte) => byte === 0);
}

/**
 * Reads a header as far as it goes.
 *
 * @param bytes the first HEADER_MAX_BYTES of the file, or what there is of them.
 * @param fileBytes size of the whole file.
 */
export function readHeader(bytes: Buffer, fileBytes: number): HeaderReading {
  const whole = Buffer.alloc(HEADER_MAX_BYTES);
  bytes.copy(whole, 0, 0, HEADER_MAX_BYTES);
  const number = (at: number): number => whole.readUInt32LE(at) + whole.readUInt32LE(at + 4) * 2 ** 32;
  const id = (at: number): string => whole.toString('hex', at, at + 16);
  const table = (at: number): HashTable => ({ offset: number(at), buckets: Math.floor(number(at + 8) / 16) });
  const headerBytes = number(88);
  const has = (end: number): boolean => headerBytes >= end;
  const incompatible = whole.readUInt32LE(12);
  const header: JournalHeader = {
    compatible: whole.readUInt32LE(8),
    incompatible,
    isCompact: (incompatible & FLAG_COMPACT) !== 0,
    isKeyed: (incompatible & FLAG_KEYED_HASH) !== 0,
    isOnline: whole[16] === STATE_ONLINE,
    state: whole[16] as number,
    fileIdBytes: whole.subarray(24, 40),
    fileId: id(24),
    machineId: id(40),
    tailBootId: id(56),
    seqnumId: id(72),
    headerBytes,
    arenaEnd: headerBytes + number(96),
    dataTable: table(104),
    fieldTable: table(120),
    tailObject: number(136),
    objects: number(144),
    entries: number(152),
    tailSeqnum: number(160),
    headSeqnum: number(168),
    entryArray: number(176),
    headRealtimeUs: number(184),
    tailRealtimeUs: number(192),
    tailMonotonicUs: number(200),
    dataCount: has(216) ? number(208) : undefined,
    fieldCount: has(224) ? number(216) : undefined,
    tagCount: has(232) ? number(224) : undefined,
    arrayCount: has(240) ? number(232) : undefined,
    dataDepth: has(248) ? number(240) : undefined,
    fieldDepth: has(256) ? number(248) : undefined,
    tailArray: has(264) ? { offset: whole.readUInt32LE(256), entries: whole.readUInt32LE(260) } : undefined,
  };
  const hasSignature = whole.toString('latin1', 0, 8) === SIGNATURE;
  return {
    header,
    faults: faultsOf(header, hasSignature, fileBytes),
    unknownFlags: hasSignature ? (incompatible & ~KNOWN_INCOMPATIBLE) >>> 0 : 0,
  };
}

function faultsOf(header: JournalHeader, hasSignature: boolean, fileBytes: number): string[] {
  const faults: string[] = [];
  const fault = (isSo: boolean, text: string): void => {
    if (isSo) faults.push(text);
  };
  const { headerBytes, arenaEnd, tailObject, entryArray } = header;
  const lies = (offset: number): boolean => offset % 8 === 0 && offset >= headerBytes && offset < arenaEnd;
  fault(!hasSignature, 'the signature is not that of a journal file');
  fault((header.incompatible & ~KNOWN_INCOMPATIBLE) !== 0, 'it has incompatible flags that are not known');
  fault(header.state > STATE_ARCHIVED, `state: expected 0 to 2, got ${header.state}`);
  fault(headerBytes < HEADER_MIN_BYTES || headerBytes % 8 !== 0, `header size ${headerBytes} is impossible`);
  fault(arenaEnd > fileBytes, `the file is cut: expected ${arenaEnd} bytes, got ${fileBytes}`);
  fault(tailObject !== 0 && !lies(tailObject), 'the last object lies outside the file');
  fault(entryArray !== 0 && !lies(entryArray), 'the first entry array lies outside the file');
  fault(header.entries > 0 && entryArray === 0, 'there are entries but no entry array');
  fault(!header.isOnline && header.entries === 0 && entryArray !== 0, 'there is an entry array but no entry');
  return faults;
}
