// Output `stdout`: one line a record, as Fluentd prints it. At least once: a line printed twice cannot be taken back.
import { type Definition, defineOutput } from '../../../config/define.ts';
import { bool, nested, section } from '../../../config/settings.ts';
import { eachLive } from '../../../core/each-live.ts';
import type { Batch } from '../../../core/event.ts';
import type { Formatter, Output, OutputHost } from '../../../core/plugin.ts';
import { countLive } from '../../../core/tape.ts';
import { createInject, injectSection } from '../../shared/inject.ts';
import { defaultStdout } from '../../shared/line-formatters.ts';
import { writeStdout } from '../../shared/write-stdout.ts';

const settings = {
  format: nested('formatter', { doc: 'How a record is written; the formatter `stdout` without it.' }),
  inject: injectSection,
  buffer: section({}, { support: 'accepted', doc: 'every batch is printed at once' }),
  use_logger: bool({ support: 'accepted', doc: 'messages go to standard error' }),
};

export const stdoutOutput: Definition<'output', typeof settings> = defineOutput({
  type: 'stdout',
  summary: 'Prints every record on standard output.',
  settings,
  legacy: ['inject', 'formatter'],
  create: (given, host) => {
    const formatter = given.format ? host.create(given.format) : defaultStdout(host);
    return new StdoutOutput(formatter, createInject(given.inject, host), host);
  },
});

class StdoutOutput implements Output {
  readonly delivery = 'at-least-once';
  readonly #formatter: Formatter;
  readonly #inject: ((batch: Batch) => void) | undefined;
  readonly #host: OutputHost;

  constructor(formatter: Formatter, inject: ((batch: Batch) => void) | undefined, host: OutputHost) {
    this.#formatter = formatter;
    this.#inject = inject;
    this.#host = host;
  }

  write(batch: Batch): void {
    const { arena } = batch;
    const count = countLive(arena, batch.tape);
    this.#inject?.(batch);
    const mark = arena.mark();
    const parts: Buffer[] = [];
    eachLive(batch, (record, time) => {
      const { start, end } = this.#formatter.format(batch.tag, record, time);
      parts.push(Buffer.from(arena.u8.subarray(start, end)));
      arena.release(mark);
    });
    writeStdout(Buffer.concat(parts));
    this.#host.settle(batch.segment, count, 'stored');
  }

  flush(): void {
    // Every batch is written at once.
  }

  async close(): Promise<void> {
    // Standard output is not ours to close.
  }
}
