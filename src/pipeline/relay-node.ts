// An output that hands records on: nothing is held for it, so a record that it drops is settled.
import type { Batch } from '../core/event.ts';
import type { Relay } from '../core/plugin.ts';
import { countLive, type Tape } from '../core/tape.ts';
import type { Counters } from './counters.ts';
import type { Rejected, SinkNode } from './nodes.ts';
import type { Routers } from './routers.ts';
import type { TrackedSegment } from './stream.ts';

/** Further rounds of one record through one output mean that it goes round for ever. */
const ROUNDS_MAX = 16;

export class RelayNode implements SinkNode {
  readonly name: string;
  readonly #plugin: Relay;
  readonly #routers: Routers;
  readonly #home: string;
  readonly #counters: Counters;
  #rejected: Rejected[] = [];
  #rounds = 0;

  /**
   * @param home label whose rules records go through that are emitted without one.
   * @param make creates the plugin; what it emits and rejects comes to this node.
   */
  constructor(name: string, routers: Routers, home: string, counters: Counters, make: (node: RelayNode) => Relay) {
    this.name = name;
    this.#routers = routers;
    this.#home = home;
    this.#counters = counters;
    this.#plugin = make(this);
  }

  write(batch: Batch): void {
    const before = this.#rejected;
    this.#rejected = [];
    this.#rounds++;
    try {
      this.#counters.add(this.name, 'records_in', countLive(batch.arena, batch.tape));
      this.#plugin.relay(batch);
      this.#routers.of(this.#home).reject(batch, this.name, this.#rejected);
    } finally {
      this.#rounds--;
      this.#rejected = before;
    }
  }

  emit(batch: Batch, tag: string, tape: Tape, label: string | undefined): void {
    const router = this.#routers.of(label ?? this.#home);
    if (this.#rounds > ROUNDS_MAX) {
      router.reject(batch, this.name, goingRound(batch, tape));
      return;
    }
    router.emit(batch.segment as TrackedSegment, tag, tape);
  }

  reject(record: number, why: string): void {
    this.#rejected.push({ record, why });
  }
}

function goingRound({ arena, tag }: Batch, tape: Tape): Rejected[] {
  const rejected: Rejected[] = [];
  const why = `it comes back again and again, now with the tag ${JSON.stringify(tag.slice(0, 200))}: a <match> that leads here takes what is emitted here`;
  for (let record = tape.start; record < tape.end; record += arena.i32[record >> 2] as number) {
    rejected.push({ record, why });
  }
  return rejected;
}
