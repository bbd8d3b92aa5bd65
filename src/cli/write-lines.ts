// Writes many lines to a stream in large pieces, waiting while it is full.
import type { Writable } from 'node:stream';

const PIECE_BYTES = 1 << 20;
const LF = 0x0a;

/** Writes each line and a line feed. */
export async function writeLines(out: Writable, lines: Iterable<Buffer | string>): Promise<void> {
  // One piece for all: fresh memory costs more than what is written into it.
  let piece = Buffer.allocUnsafe(PIECE_BYTES);
  let used = 0;
  for (const line of lines) {
    const bytes = typeof line === 'string' ? Buffer.byteLength(line) : line.length;
    if (used + bytes + 1 > piece.length) {
      await write(out, piece.subarray(0, used));
      if (bytes + 1 > piece.length) piece = Buffer.allocUnsafe(bytes + 1);
      used = 0;
    }
    used += typeof line === 'string' ? piece.write(line, used, 'utf8') : line.copy(piece, used);
    piece[used++] = LF;
  }
  await write(out, piece.subarray(0, used));
}

/** Writes texts as they are. */
export async function writeTexts(out: Writable, texts: Iterable<string>): Promise<void> {
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length < PIECE_BYTES) continue;
    await write(out, Buffer.from(piece));
    piece = '';
  }
  await write(out, Buffer.from(piece));
}

/** Resolves when the piece was written, and can be used for something else. */
async function write(out: Writable, piece: Buffer): Promise<void> {
  if (piece.length === 0) return;
  await new Promise<void>((resolve, reject) => {
    out.write(piece, (error) => (error ? reject(error) : resolve()));
  });
}
