// Output `null`: takes everything and keeps nothing. For tests of speed and for tags that nobody wants.
import { type Definition, defineOutput } from '../../../config/define.ts';
import type { Batch } from '../../../core/event.ts';
import type { Output, OutputHost } from '../../../core/plugin.ts';
import { countLive } from '../../../core/tape.ts';

const settings = {};

export const nullOutput: Definition<'output', typeof settings> = defineOutput({
  type: 'null',
  summary: 'Throws every record away, and counts it as stored.',
  settings,
  create: (_settings, host) => new NullOutput(host),
});

class NullOutput implements Output {
  readonly delivery = 'exactly-once';
  readonly #host: OutputHost;

  constructor(host: OutputHost) {
    this.#host = host;
  }

  write(batch: Batch): void {
    this.#host.settle(batch.segment, countLive(batch.arena, batch.tape), 'stored');
  }

  flush(): void {
    // Nothing ever waits.
  }

  async close(): Promise<void> {
    // Nothing is open.
  }
}
