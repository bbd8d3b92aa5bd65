// Payloads of DATA objects, uncompressed within bounds.
import { PACKED_LZ4, PACKED_XZ, PACKED_ZSTD } from './layout.ts';
import { decodeLz4Block } from './lz4.ts';
import { decodeXz, xzContentBytes } from './xz.ts';
import { decodeZstd, zstdContentBytes } from './zstd.ts';

/**
 * Largest field that is read, plain or uncompressed. journald takes up to 768 MiB; nothing that is read as a log comes near
 * this bound, and a few hostile bytes must not take hundreds of megabytes.
 */
export const FIELD_MAX_BYTES: number = 64 << 20;

/** A zstd block of 4 bytes makes up to 128 KiB: the most that `compressed` bytes can become. */
const ZSTD_BLOCK_BYTES = 128 << 10;
const ZSTD_BLOCK_MIN_BYTES = 4;
/** One byte of a long LZ4 match makes 255. */
const LZ4_RATIO_MAX = 255;

/**
 * The payload as it was before it was compressed; undefined where it is damaged or too large.
 * @param flag the compression bits of the DATA object.
 */
export function decompress(flag: number, payload: Buffer): Buffer | undefined {
  if (flag === PACKED_ZSTD) return unpackZstd(payload);
  if (flag === PACKED_LZ4) return unpackLz4(payload);
  return flag === PACKED_XZ ? unpackXz(payload) : undefined;
}

function unpackZstd(payload: Buffer): Buffer | undefined {
  const bytes = zstdContentBytes(payload);
  const possible = Math.ceil(payload.length / ZSTD_BLOCK_MIN_BYTES) * ZSTD_BLOCK_BYTES;
  return isReadable(bytes, possible) ? decodeZstd(payload, bytes) : undefined;
}

function unpackLz4(payload: Buffer): Buffer | undefined {
  if (payload.length < 9) return undefined;
  const bytes = payload.readUInt32LE(0) + payload.readUInt32LE(4) * 2 ** 32;
  if (!isReadable(bytes, payload.length * LZ4_RATIO_MAX)) return undefined;
  const content = Buffer.allocUnsafe(bytes);
  return decodeLz4Block(payload.subarray(8), content) === bytes ? content : undefined;
}

function unpackXz(payload: Buffer): Buffer | undefined {
  const bytes = xzContentBytes(payload);
  if (!isReadable(bytes, FIELD_MAX_BYTES)) return undefined;
  const content = Buffer.allocUnsafe(bytes);
  return decodeXz(payload, content) ? content : undefined;
}

function isReadable(bytes: number | undefined, possible: number): bytes is number {
  return bytes !== undefined && bytes > 0 && bytes <= Math.min(possible, FIELD_MAX_BYTES);
}
