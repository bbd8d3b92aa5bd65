// Output `stdout`: one line a record, as Fluentd prints it. At least once: a line printed twice cannot be taken back.
import * as fs from 'node:fs';
import { type Definition, defineOutput } from '../../../config/define.ts';
import { eachLive } from '../../../core/each-live.ts';
import type { Batch, Instant } from '../../../core/event.ts';
import { EnvironmentError, systemCode } from '../../../core/failure.ts';
import type { Output, OutputHost } from '../../../core/plugin.ts';
import { countLive } from '../../../core/tape.ts';
import { formatTime } from '../../../formats/time/format.ts';

const TIME_FORMAT = '%Y-%m-%d %H:%M:%S.%N %z';
const STDOUT = 1;
/** A full pipe answers EAGAIN; its reader is waited for in steps of this length. */
const PIPE_WAIT_MS = 5;

const settings = {};

export const stdoutOutput: Definition<'output', typeof settings> = defineOutput({
  type: 'stdout',
  summary: 'Prints every record on standard output: time, tag and the record as JSON.',
  settings,
  create: (_settings, host) => new StdoutOutput(host),
});

class StdoutOutput implements Output {
  readonly delivery = 'at-least-once';
  readonly #host: OutputHost;
  #second = Number.NaN;
  #secondText = '';

  constructor(host: OutputHost) {
    this.#host = host;
  }

  write(batch: Batch): void {
    const { arena } = batch;
    const mark = arena.mark();
    const parts: string[] = [];
    eachLive(batch, (record, time) => {
      const json = this.#host.scanner.encodeRecord(record);
      parts.push(`${this.#timeText(time)} ${batch.tag}: ${arena.u8.toString('utf8', json.start, json.end)}\n`);
      arena.release(mark);
    });
    writeAll(Buffer.from(parts.join(''), 'utf8'));
    this.#host.settle(batch.segment, countLive(arena, batch.tape), 'stored');
  }

  flush(): void {
    // Every batch is written at once.
  }

  async close(): Promise<void> {
    // Standard output is not ours to close.
  }

  #timeText(time: Instant): string {
    if (time.seconds !== this.#second) {
      this.#second = time.seconds;
      this.#secondText = formatTime({ seconds: time.seconds, nanos: 0 }, TIME_FORMAT, 'local');
    }
    return this.#secondText.replace('.000000000', `.${String(time.nanos).padStart(9, '0')}`);
  }
}

function writeAll(bytes: Buffer): void {
  let done = 0;
  while (done < bytes.length) {
    try {
      done += fs.writeSync(STDOUT, bytes, done);
    } catch (cause) {
      if (systemCode(cause) !== 'EAGAIN')
        throw new EnvironmentError('stdout/write', 'cannot write to standard output', { cause });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PIPE_WAIT_MS);
    }
  }
}
