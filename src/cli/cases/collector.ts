// Stands in for an output: keeps what would have been sent, and sends nothing.
import { eachLive } from '../../core/each-live.ts';
import type { Batch } from '../../core/event.ts';
import type { Output, OutputHost } from '../../core/plugin.ts';
import { countLive } from '../../core/tape.ts';

export interface CollectedEvent {
  readonly tag: string;
  /** `<floor seconds>.<nine digits>` */
  readonly time: string;
  /** The record as JSON text. */
  readonly record: string;
}

export class Collector implements Output {
  readonly delivery = 'at-least-once';
  readonly #host: OutputHost;
  readonly #events: CollectedEvent[];

  constructor(host: OutputHost, events: CollectedEvent[]) {
    this.#host = host;
    this.#events = events;
  }

  write(batch: Batch): void {
    const { arena, tag } = batch;
    const mark = arena.mark();
    eachLive(batch, (record, { seconds, nanos }) => {
      const json = this.#host.scanner.encodeRecord(record);
      const time = `${seconds}.${String(nanos).padStart(9, '0')}`;
      this.#events.push({ tag, time, record: arena.u8.toString('utf8', json.start, json.end) });
      arena.release(mark);
    });
    this.#host.settle(batch.segment, countLive(arena, batch.tape), 'stored');
  }

  flush(): void {
    // Every batch is taken at once.
  }

  async close(): Promise<void> {
    // There is nothing to end.
  }
}
