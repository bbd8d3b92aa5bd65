// Delivers bulks until every item is settled: a bulk keeps its slot while it is retried, so that a cluster in trouble
// is asked by few.
import { gzipSync } from 'node:zlib';
import type { Segment } from '../core/event.ts';
import { EnvironmentError, failureText } from '../core/failure.ts';
import type { Clock, DeadLetter, Log, Settled } from '../core/plugin.ts';
import { type BackOff, backOffMs } from './back-off.ts';
import { type Bulk, type BulkItem, bulkOf } from './bulk.ts';
import { type AnswerVerdict, type ItemVerdict, readAnswer } from './bulk-answer.ts';
import type { HttpClient } from './http-client.ts';
import { rescued } from './rescue.ts';

export interface SenderOptions {
  readonly client: HttpClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly backOff: BackOff;
  /** Bulks in flight at once. */
  readonly concurrency: number;
  /** zlib level, or undefined to send bodies as they are. */
  readonly gzipLevel: number | undefined;
  readonly pipeline: string | undefined;
  settle(segment: Segment, count: number, how: Settled): void;
  deadLetter(letter: DeadLetter): Promise<void>;
  count(name: string, by?: number): void;
  /** Called before the first request and after failures until it succeeds once. */
  prepare(): Promise<void>;
}

const FILTER = 'errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.failure_store';
/** Buffers that are kept: new ones cost the kernel more than filling them. There are no more bulks than bytes in flight. */
const SPARES_MAX = 8;
/** An item that fails oddly this often over this long, while others are stored, is given up to the dead-letter file. */
const STUCK_ATTEMPTS = 10;
const STUCK_MS = 15 * 60_000;

/** An item with what happened to it so far. */
interface Pending extends BulkItem {
  /** The item as it was before the mapping refused it. */
  readonly rescueOf?: Buffer;
}

/** Which attempt at a bulk it was, and whether what fails oddly after it is to be given up. */
interface Attempt {
  readonly number: number;
  readonly isLast: boolean;
}

type Refused = Extract<ItemVerdict, { kind: 'refused' }>;

const FIRST: Attempt = { number: 1, isLast: false };

/** What an attempt leaves: items to send again, and why. */
interface Left {
  readonly items: readonly Pending[];
  readonly why: string | undefined;
  readonly retryAfter: string | undefined;
}

const NOTHING_LEFT: Left = { items: [], why: undefined, retryAfter: undefined };

export class BulkSender {
  readonly #options: SenderOptions;
  readonly #waiting: Bulk[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #spare: Buffer[] = [];
  #isPrepared = false;
  /** Items that the server took so far. */
  #storedItems = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** A buffer for a new bulk: the one that was used last, where there is one, for it is in the processor's cache. */
  buffer(bytes: number): Buffer {
    const spare = this.#spare.pop();
    return spare && spare.length >= bytes ? spare : Buffer.allocUnsafe(bytes);
  }

  /** Whether a bulk would be sent at once. */
  get isIdle(): boolean {
    return this.#running.size < this.#options.concurrency && this.#waiting.length === 0;
  }

  /** Takes a bulk over; it is sent when a slot is free. */
  send(bulk: Bulk): void {
    this.#waiting.push(bulk);
    this.#start();
  }

  /** Waits for everything that runs; after the signal was aborted that is soon. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#running);
    await this.#options.client.close();
  }

  #start(): void {
    while (this.#running.size < this.#options.concurrency && this.#waiting.length > 0) {
      const bulk = this.#waiting.shift() as Bulk;
      const run = this.#deliver(bulk).finally(() => {
        this.#running.delete(run);
        if (!this.#options.signal.aborted) this.#start();
      });
      this.#running.add(run);
    }
  }

  async #deliver(bulk: Bulk): Promise<void> {
    try {
      const storedBefore = this.#storedItems;
      const verdict = await this.#firstAttempt(bulk);
      if (verdict) await this.#deliverRest(this.#afterAnswer(bulk.split(), verdict, FIRST), storedBefore);
      if (this.#spare.length < SPARES_MAX) this.#spare.push(bulk.buffer);
    } catch (thrown) {
      if (!this.#options.signal.aborted) throw thrown;
    }
  }

  /** The usual way: everything stored, nothing taken apart. The verdict is given where there is more to do. */
  async #firstAttempt(bulk: Bulk): Promise<(AnswerVerdict & { readonly retryAfter?: string | undefined }) | undefined> {
    const verdict = await this.#attempt(bulk);
    if (verdict.kind !== 'all-stored') return verdict;
    for (const { segment, count } of bulk.pieces) this.#options.settle(segment, count, 'stored');
    this.#storedItems += bulk.items;
    return undefined;
  }

  /** @param storedBefore items that the server had taken before the first attempt. */
  async #deliverRest(left: Promise<Left>, storedBefore: number): Promise<void> {
    const { clock, log, signal, backOff } = this.#options;
    const startedMs = clock.monotonicMs();
    let { items, why, retryAfter } = await left;
    for (let failures = 1; items.length > 0; failures++) {
      if (why !== undefined) {
        this.#options.count('retries');
        log.warn(`${items.length} records wait: ${why}`);
        const now = clock.now();
        await clock.sleep(backOffMs(backOff, failures, retryAfter, now.seconds * 1000, Math.random()), signal);
      }
      const bulk = bulkOf(items);
      const verdict = await this.#attempt(bulk);
      const isStuck = failures >= STUCK_ATTEMPTS && clock.monotonicMs() - startedMs >= STUCK_MS;
      const attempt = { number: failures + 1, isLast: isStuck && this.#storedItems > storedBefore };
      ({ items, why, retryAfter } = await this.#afterAnswer(items, verdict, attempt));
    }
  }

  /** Sends a bulk once. A failure of the transport is a reason to send it again. */
  async #attempt(bulk: Bulk): Promise<AnswerVerdict & { readonly retryAfter?: string | undefined }> {
    const { client, gzipLevel, pipeline, signal, count } = this.#options;
    try {
      if (!this.#isPrepared) await this.#options.prepare();
      this.#isPrepared = true;
      const body = gzipLevel === undefined ? bulk.body : gzipSync(bulk.body, { level: gzipLevel });
      const query = pipeline === undefined ? '' : `&pipeline=${encodeURIComponent(pipeline)}`;
      const answer = await client.request(
        {
          method: 'POST',
          path: `/_bulk?filter_path=${FILTER}&timeout=60s${query}`,
          body,
          headers: {
            'content-type': 'application/x-ndjson',
            ...(gzipLevel !== undefined && { 'content-encoding': 'gzip' }),
          },
        },
        signal,
      );
      count('requests');
      return { ...readAnswer(answer.status, answer.body, bulk.items), retryAfter: answer.retryAfter };
    } catch (thrown) {
      signal.throwIfAborted();
      if (thrown instanceof EnvironmentError) return { kind: 'retry', why: failureText(thrown) };
      throw thrown;
    }
  }

  async #afterAnswer(
    items: readonly Pending[],
    verdict: AnswerVerdict & { readonly retryAfter?: string | undefined },
    attempt: Attempt,
  ): Promise<Left> {
    const { retryAfter } = verdict;
    switch (verdict.kind) {
      case 'all-stored':
        for (const item of items) this.#settleStored(item);
        return { items: [], why: undefined, retryAfter };
      case 'items':
        return { ...(await this.#settleItems(items, verdict.items, attempt)), retryAfter };
      case 'retry':
        return { items, why: verdict.why, retryAfter };
      case 'hold':
        this.#options.log.error(`the server takes nothing until this is mended: ${verdict.why}`);
        return { items, why: verdict.why, retryAfter };
      default:
        return this.#halve(items, wholeRefusal(verdict), attempt);
    }
  }

  /** A request that is refused as a whole is cut in two until the item is found that is to blame. */
  async #halve(items: readonly Pending[], refusal: Refused, attempt: Attempt): Promise<Left> {
    const [only, ...others] = items;
    if (only && others.length === 0) {
      await this.#giveUp(only, refusal, attempt);
      return NOTHING_LEFT;
    }
    const middle = items.length >> 1;
    for (const half of [items.slice(0, middle), items.slice(middle)]) {
      const storedBefore = this.#storedItems;
      const verdict = await this.#attempt(bulkOf(half));
      await this.#deliverRest(this.#afterAnswer(half, verdict, FIRST), storedBefore);
    }
    return NOTHING_LEFT;
  }

  async #settleItems(
    items: readonly Pending[],
    verdicts: readonly ItemVerdict[],
    attempt: Attempt,
  ): Promise<{ readonly items: readonly Pending[]; readonly why: string | undefined }> {
    const left: Pending[] = [];
    let why: string | undefined;
    for (const [i, item] of items.entries()) {
      const verdict = verdicts[i] as ItemVerdict;
      const waiting = await this.#settleItem(item, verdict, attempt);
      if (!waiting) continue;
      left.push(waiting);
      if (verdict.kind === 'retry' || verdict.kind === 'hold') why ??= verdict.why;
    }
    return { items: left, why };
  }

  /** Settles an item, or gives it back in the form in which it is sent next. */
  async #settleItem(item: Pending, verdict: ItemVerdict, attempt: Attempt): Promise<Pending | undefined> {
    switch (verdict.kind) {
      case 'stored':
        this.#settleStored(item);
        return undefined;
      case 'duplicate':
        this.#options.settle(item.segment, 1, 'duplicate');
        return undefined;
      case 'refused': {
        const rescue = item.rescueOf ? undefined : rescued(item.bytes, verdict.reason);
        if (rescue) return { ...item, bytes: rescue, rescueOf: item.bytes };
        await this.#giveUp(item, verdict, attempt);
        return undefined;
      }
      case 'hold':
        this.#options.log.error(`the server takes nothing until this is mended: ${verdict.why}`);
        return item;
      default:
        if (!(attempt.isLast && verdict.isOdd)) return item;
        await this.#giveUp(item, { kind: 'refused', status: 503, type: 'stuck', reason: verdict.why }, attempt);
        return undefined;
    }
  }

  #settleStored({ segment, rescueOf }: Pending): void {
    this.#storedItems++;
    this.#options.settle(segment, 1, rescueOf ? 'rescued' : 'stored');
  }

  async #giveUp(item: Pending, verdict: Refused, { number: attempts }: Attempt): Promise<void> {
    const [action = '', document = ''] = (item.rescueOf ?? item.bytes).toString('utf8').split('\n');
    const { _index: index, _id: id } = (JSON.parse(action) as { create: { _index: string; _id: string } }).create;
    const { status, type, reason } = verdict;
    await this.#bury({ destination: index, id, status, type, reason, attempts, document });
    this.#options.log.error(`a record went to the dead-letter file: ${status} ${type}`);
    this.#options.settle(item.segment, 1, 'dead-lettered');
  }

  /** Writes a dead letter; a full disk is waited for, as everything else is. */
  async #bury(letter: DeadLetter): Promise<void> {
    const { clock, log, signal, backOff } = this.#options;
    for (let failures = 1; ; failures++) {
      try {
        await this.#options.deadLetter(letter);
        return;
      } catch (thrown) {
        signal.throwIfAborted();
        if (!(thrown instanceof EnvironmentError)) throw thrown;
        log.error(`${failureText(thrown)}; delivery waits`);
        await clock.sleep(backOffMs(backOff, failures, undefined, 0, Math.random()), signal);
      }
    }
  }
}

/** Why a request was refused as a whole, as it concerns its only item. */
function wholeRefusal(verdict: Extract<AnswerVerdict, { kind: 'too-large' | 'bad-request' }>): Refused {
  if (verdict.kind === 'bad-request')
    return { kind: 'refused', status: 400, type: 'bulk_request_refused', reason: verdict.why };
  return { kind: 'refused', status: 413, type: 'too_large', reason: 'HTTP 413: the request is too large' };
}
