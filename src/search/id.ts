// The identity of every document: a function of the source alone, so that a replay meets its own ids.
//
//   k · stream key (11) · position (8) · check (5) [· .fan-out]
import { createHash } from 'node:crypto';
import { FANOUT_PART_BITS } from '../core/tape.ts';
import { base64Lex } from '../formats/base64-lex.ts';

/** What makes two streams two. */
export interface StreamIdentity {
  /** Whose logs these are: `--host-id` or the machine id. */
  readonly hostId: string;
  /** `f` = a file, by its first line; `j` = a journal, by its boot id. */
  readonly kind: 'f' | 'j';
  /** Hex SHA-256 of the first complete line (at most 1 KiB of it), or the boot id. */
  readonly fingerprint: string;
  /** The source's tag: two sources over one input are two streams. */
  readonly salt: string;
}

const STREAM_KEY_CHARS = 11;
const POSITION_CHARS = 8;
const CHECK_CHARS = 5;

/** 11 characters: the first 64 bits of SHA-256 over the parts, each behind its length. */
export function streamKey(identity: StreamIdentity): string {
  const hash = createHash('sha256');
  for (const part of [identity.hostId, identity.kind, identity.fingerprint, identity.salt]) {
    const bytes = Buffer.from(part);
    // A length in front of each part: no two lists of parts give the same bytes.
    hash.update(`${bytes.length}:`).update(bytes);
  }
  return base64Lex(hash.digest().readBigUInt64BE(0), STREAM_KEY_CHARS);
}

/**
 * The id of a document: the plain twin of what the bulk emitter writes.
 * @param offset byte offset of the record in its stream, below 2^48
 * @param check 30 bits over the record's bytes
 * @param fanout 0 for the first document of a record, else as W_FANOUT in core/tape
 */
export function documentId(stream: string, offset: number, check: number, fanout: number): string {
  const place = base64Lex(BigInt(offset), POSITION_CHARS) + base64Lex(BigInt(check), CHECK_CHARS);
  return `k${stream}${place}${fanoutText(fanout)}`;
}

function fanoutText(fanout: number): string {
  if (fanout === 0) return '';
  const copy = fanout >>> FANOUT_PART_BITS;
  return `.${fanout & ((1 << FANOUT_PART_BITS) - 1)}${copy === 0 ? '' : `.${copy}`}`;
}
