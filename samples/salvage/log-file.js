// One file of a salvage folder and its part of truth.ndjson, written as they grow: memory does not depend on the size of the set.
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const BLOCK_BYTES = 1 << 20;

/** A file that is written front to back in blocks. */
class BlockWriter {
  #descriptor;
  #parts = [];
  #bytes = 0;

  constructor(path) {
    this.#descriptor = openSync(path, 'w');
  }

  /** @param {string | Buffer} part */
  write(part) {
    this.#parts.push(typeof part === 'string' ? Buffer.from(part) : part);
    this.#bytes += this.#parts.at(-1).length;
    if (this.#bytes >= BLOCK_BYTES) this.#flush();
  }

  close() {
    this.#flush();
    closeSync(this.#descriptor);
  }

  #flush() {
    writeSync(this.#descriptor, Buffer.concat(this.#parts));
    this.#parts = [];
    this.#bytes = 0;
  }
}

/** The directory of a set: its files, its truth, how many true records of each shape there are. */
export class SalvageFolder {
  /** Shape (or `none`) to the number of true records. */
  counts = new Map();
  records = 0;
  #directory;
  #truth;
  #files = [];

  constructor(directory) {
    this.#directory = directory;
    this.#truth = new BlockWriter(join(directory, 'truth.ndjson'));
  }

  file(name) {
    const file = new LogFile(name, new BlockWriter(join(this.#directory, name)), this);
    this.#files.push(file);
    return file;
  }

  /** @param truth a line of truth.ndjson; the form is told in README.md */
  add(truth) {
    this.#truth.write(`${JSON.stringify(truth)}\n`);
    const name = truth.shape ?? 'none';
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    this.records++;
  }

  close() {
    for (const file of this.#files) file.close();
    this.#truth.close();
  }
}

class LogFile {
  lines = 0;
  #writer;
  #folder;

  constructor(name, writer, folder) {
    this.name = name;
    this.#writer = writer;
    this.#folder = folder;
  }

  /** Writes one line. @param {string | Buffer} text without its newline @returns its number, from 1 */
  line(text) {
    this.#writer.write(text);
    this.#writer.write('\n');
    this.lines++;
    return this.lines;
  }

  /** The last line of a file that was cut: it has no newline. */
  lastLine(text) {
    this.#writer.write(text);
    this.lines++;
    return this.lines;
  }

  /** A true record in the lines `first` to `last`. @param said what is asserted of it; a key left out is not asserted */
  truth(first, last, shape, must, said) {
    this.#folder.add({ ...this.place(first, last), shape, ...asserted(said), must });
  }

  /** A true record that is written twice; this file holds the copy to keep. */
  truthTwice(first, other, said) {
    const places = [this.place(first, first), other];
    this.#folder.add({ ...this.place(first, first), places, shape: 'C20', ...asserted(said), must: 'salvage' });
  }

  /** A true record that begins in the last line of this file and ends in the first of the `other`. */
  truthAcross(first, other, shape, said) {
    const places = [this.place(first, first), other];
    this.#folder.add({ ...this.place(first, first), places, shape, ...asserted(said), must: 'salvage' });
  }

  place(first, last) {
    return { file: this.name, line_first: first, line_last: last };
  }

  close() {
    this.#writer.close();
  }
}

function asserted(said) {
  return {
    component: said.component ?? null,
    level: said.level ?? null,
    msg: said.msg ?? null,
    time: said.time ?? null,
    guest_time: said.guest_time ?? null,
    sandbox: said.sandbox ?? null,
    container: said.container ?? null,
  };
}
