// Writes to a stream in large pieces, waiting while it is full.
import type { Writable } from 'node:stream';

const PIECE_BYTES = 1 << 20;

/** Writes pieces of which each is valid until the next one is asked for. */
export async function writePieces(out: Writable, pieces: Iterable<Buffer>): Promise<void> {
  for (const piece of pieces) await write(out, piece);
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
