// A gzip'd file: inflated as a stream, with a window of what may be asked for again.
import * as fs from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip, type Gunzip } from 'node:zlib';
import type { ByteSource } from './byte-source.ts';

const CHUNK_BYTES = 64 << 10;

export class GzipFile implements ByteSource {
  readonly isFinal = true;
  readonly #path: string;
  #inflating: AsyncIterator<Buffer> | undefined;
  #stream: Gunzip | undefined;
  /** Position of the first byte of the window. */
  #base = 0;
  #window: Buffer = Buffer.alloc(0);
  #ended = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** A file that ends in the middle (it is being written) gives what there is. */
  async prepare(position: number, length: number): Promise<void> {
    if (!this.#inflating || position < this.#base) this.#restart();
    while (!this.#ended && this.#base + this.#window.length < position + length) await this.#more(position);
  }

  read(target: Buffer, at: number, length: number, position: number): number {
    const from = Math.min(this.#window.length, position - this.#base);
    return this.#window.copy(target, at, from, Math.min(this.#window.length, from + length));
  }

  close(): void {
    this.#stream?.destroy();
    this.#inflating = undefined;
  }

  #restart(): void {
    this.close();
    this.#stream = inflate(this.#path);
    this.#inflating = this.#stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    this.#base = 0;
    this.#window = Buffer.alloc(0);
    this.#ended = false;
  }

  async #more(position: number): Promise<void> {
    const chunk = await nextChunk(this.#inflating as AsyncIterator<Buffer>);
    if (!chunk) {
      this.#ended = true;
      return;
    }
    const behind = Math.min(this.#window.length, Math.max(0, position - this.#base));
    this.#window = Buffer.concat([this.#window.subarray(behind), chunk]);
    this.#base += behind;
  }
}

/** The first `bytes` of the uncompressed content, or all there is. */
export async function readGzipHead(path: string, bytes: number): Promise<Buffer> {
  const file = new GzipFile(path);
  try {
    const head = Buffer.alloc(bytes);
    await file.prepare(0, bytes);
    return head.subarray(0, file.read(head, 0, bytes, 0));
  } finally {
    file.close();
  }
}

function inflate(path: string): Gunzip {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // Errors reach the reader of the stream; the callback only keeps them from being thrown a second time.
  pipeline(fs.createReadStream(path), gunzip, () => undefined);
  return gunzip;
}

async function nextChunk(chunks: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  try {
    const { value, done } = await chunks.next();
    return done ? undefined : value;
  } catch {
    // Torn, or not written to its end yet: what was inflated so far counts.
    return undefined;
  }
}
