// .xz streams as journal files hold them: one block, LZMA2, no check.
import { DamagedStream, LzmaDecoder } from './lzma.ts';

const MAGIC = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);
const STREAM_HEADER_BYTES = 12;

/** One LZMA2 chunk: where its bytes lie and what they become. */
interface Chunk {
  readonly control: number;
  readonly at: number;
  readonly end: number;
  readonly bytes: number;
  readonly properties: number;
}

/** The chunks of a stream; undefined where they do not follow each other to an end mark. */
function chunksOf(source: Buffer): Chunk[] | undefined {
  if (source.length < STREAM_HEADER_BYTES + 2 || !source.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  let at = STREAM_HEADER_BYTES + ((source[STREAM_HEADER_BYTES] as number) + 1) * 4;
  const chunks: Chunk[] = [];
  for (;;) {
    const control = source[at];
    if (control === 0) return chunks;
    const chunk = control === undefined ? undefined : chunkAt(source, at, control);
    if (!chunk || chunk.end > source.length) return undefined;
    chunks.push(chunk);
    at = chunk.end;
  }
}

function chunkAt(source: Buffer, at: number, control: number): Chunk | undefined {
  if (at + 6 > source.length || (control > 2 && control < 0x80)) return undefined;
  if (control < 0x80) {
    const bytes = source.readUInt16BE(at + 1) + 1;
    return { control, at: at + 3, end: at + 3 + bytes, bytes, properties: 0 };
  }
  const bytes = ((control & 0x1f) << 16) + source.readUInt16BE(at + 1) + 1;
  const packed = source.readUInt16BE(at + 3) + 1;
  const start = control >= 0xc0 ? at + 6 : at + 5;
  return { control, at: start, end: start + packed, bytes, properties: source[at + 5] as number };
}

/** Bytes that the stream says it has uncompressed; undefined where it is none. */
export function xzContentBytes(source: Buffer): number | undefined {
  return chunksOf(source)?.reduce((sum, { bytes }) => sum + bytes, 0);
}

/**
 * Decodes a stream into `target`, which is as long as {@link xzContentBytes} tells.
 * @returns whether the stream was whole.
 */
export function decodeXz(source: Buffer, target: Buffer): boolean {
  const decoder = new LzmaDecoder(source, target);
  try {
    for (const chunk of chunksOf(source) ?? []) decodeChunk(decoder, chunk, source, target);
  } catch (thrown) {
    if (thrown instanceof DamagedStream) return false;
    throw thrown;
  }
  return decoder.out === target.length;
}

function decodeChunk(decoder: LzmaDecoder, chunk: Chunk, source: Buffer, target: Buffer): void {
  const { control, at, end, bytes, properties } = chunk;
  if (control < 0x80) {
    source.copy(target, decoder.out, at, end);
    decoder.out += bytes;
    return;
  }
  if (control >= 0xc0) decoder.setProperties(properties);
  if (control >= 0xa0) decoder.resetState();
  decoder.chunk(at, end, bytes);
}
