// Lines put together to be written at once.

/** A line without its line feed: bytes `[start, end)`, or a text. */
export type Line = { readonly bytes: Buffer; readonly start: number; readonly end: number } | string;

const LF = 0x0a;

export class LinePiece {
  readonly #room: Buffer;
  /** All of the memory that the room is a part of: what is copied within it needs no view of its own. */
  readonly #memory: Uint8Array;
  #used = 0;

  /** @param room where the lines are put; those that lie in its memory, too, are copied quickest */
  constructor(room: Buffer) {
    this.#room = room;
    this.#memory = new Uint8Array(room.buffer);
  }

  /** Adds a line and a line feed; false: there is no room. */
  add(line: Line): boolean {
    const bytes = typeof line === 'string' ? Buffer.byteLength(line) : line.end - line.start;
    if (this.#used + bytes + 1 > this.#room.length) return false;
    if (typeof line === 'string') this.#room.write(line, this.#used, 'utf8');
    else this.#copy(line.bytes, line.start, line.end);
    this.#used += bytes;
    this.#room[this.#used++] = LF;
    return true;
  }

  /** What was added; its room is used again. */
  take(): Buffer {
    const piece = this.#room.subarray(0, this.#used);
    this.#used = 0;
    return piece;
  }

  /** A piece of one line, of any length. */
  static alone(line: Line): Buffer {
    const bytes = typeof line === 'string' ? Buffer.from(line) : line.bytes.subarray(line.start, line.end);
    return Buffer.concat([bytes, Buffer.of(LF)]);
  }

  #copy(bytes: Buffer, start: number, end: number): void {
    const { byteOffset, buffer } = bytes;
    const to = this.#room.byteOffset + this.#used;
    if (buffer === this.#memory.buffer) this.#memory.copyWithin(to, byteOffset + start, byteOffset + end);
    else bytes.copy(this.#room, this.#used, start, end);
  }
}
