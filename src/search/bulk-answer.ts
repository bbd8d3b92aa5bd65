// What a server's answer to a bulk request means, item by item and as a whole.
import { printable } from '../core/problem.ts';

/** What becomes of one item. `hold` concerns the whole output: a person must change something on the server. */
export type ItemVerdict =
  | { readonly kind: 'stored' }
  | { readonly kind: 'duplicate' }
  /** `isOdd`: the trouble may be the item's own, not that of a cluster which is busy or not whole. */
  | { readonly kind: 'retry'; readonly why: string; readonly isOdd: boolean }
  | { readonly kind: 'hold'; readonly why: string }
  | { readonly kind: 'refused'; readonly status: number; readonly type: string; readonly reason: string };

/** What becomes of a request that was answered as a whole. */
export type AnswerVerdict =
  | { readonly kind: 'all-stored' }
  | { readonly kind: 'items'; readonly items: readonly ItemVerdict[] }
  | { readonly kind: 'retry'; readonly why: string }
  | { readonly kind: 'hold'; readonly why: string }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'bad-request'; readonly why: string };

const ITEMS = Buffer.from('"items":[');
const COMMA = 0x2c;
const CLOSE_BRACKET = 0x5d;
const EXCERPT_CHARS = 300;

/** Names of errors that pass: the cluster is busy or not whole. */
const PASSING = new Set([
  'es_rejected_execution_exception',
  'rejected_execution_exception',
  'opensearch_rejected_execution_exception',
  'circuit_breaking_exception',
  'unavailable_shards_exception',
  'process_cluster_event_timeout_exception',
  'no_shard_available_action_exception',
  'node_not_connected_exception',
]);

/** Errors that a person must mend before anything goes on. */
const HOLDING = new Set([
  'cluster_block_exception',
  'security_exception',
  'index_not_found_exception',
  'index_closed_exception',
  'authorization_exception',
]);

/** An ingest pipeline that is not there is no fault of the document. */
const NO_PIPELINE = /^pipeline with id \[.*\] does not exist/;

/** @param items how many the request had. */
export function readAnswer(httpStatus: number, body: Buffer, items: number): AnswerVerdict {
  if (httpStatus >= 200 && httpStatus < 300) return readItems(body, items);
  const why = `HTTP ${httpStatus}: ${excerpt(body)}`;
  if (httpStatus === 413) return { kind: 'too-large' };
  if (httpStatus === 400) return { kind: 'bad-request', why };
  if (httpStatus === 429 || httpStatus === 408 || httpStatus >= 500) return { kind: 'retry', why };
  return { kind: 'hold', why };
}

function readItems(body: Buffer, items: number): AnswerVerdict {
  if (allStoredAlike(body, items)) return { kind: 'all-stored' };
  const parsed = parse(body);
  // Any other answer leaves the outcome open; the ids make it safe to ask again.
  if (!parsed) return { kind: 'retry', why: `an answer that is no bulk answer: ${excerpt(body)}` };
  if (parsed.length !== items)
    return { kind: 'retry', why: `an answer for ${parsed.length} items to a request of ${items}` };
  const verdicts = parsed.map(itemVerdict);
  return verdicts.every(({ kind }) => kind === 'stored') ? { kind: 'all-stored' } : { kind: 'items', items: verdicts };
}

/**
 * Whether the answer has exactly `items` items, all the same bytes, and that one says stored. Every byte of the list is
 * compared, and one item taken apart: parsing all of them costs more than making the request did.
 */
function allStoredAlike(body: Buffer, items: number): boolean {
  const start = body.indexOf(ITEMS) + ITEMS.length;
  const end = body.lastIndexOf(CLOSE_BRACKET);
  const itemBytes = (end - start - (items - 1)) / items;
  if (start < ITEMS.length || items < 2 || itemBytes < 2 || !Number.isInteger(itemBytes)) return false;
  const next = start + itemBytes + 1;
  if (body[next - 1] !== COMMA || body.compare(body, start, end - itemBytes - 1, next, end) !== 0) return false;
  const one = parse(Buffer.concat([body.subarray(0, next - 1), body.subarray(end)]));
  return one?.length === 1 && one.map(itemVerdict)[0]?.kind === 'stored';
}

interface AnsweredItem {
  readonly status?: number;
  readonly error?: { readonly type?: string; readonly reason?: string } | string | null;
}

function parse(body: Buffer): AnsweredItem[] | undefined {
  try {
    const answer = JSON.parse(body.toString('utf8')) as { readonly items?: readonly Record<string, AnsweredItem>[] };
    if (!Array.isArray(answer.items)) return undefined;
    // Some servers answer `index` to a `create`: whatever its name is, it is the only one.
    return answer.items.map((item) => Object.values(item ?? {})[0] ?? {});
  } catch {
    // No JSON: the caller says so.
    return undefined;
  }
}

function itemVerdict({ status = 0, error }: AnsweredItem): ItemVerdict {
  if (!error && status >= 200 && status < 300) return { kind: 'stored' };
  if (status === 409) return { kind: 'duplicate' };
  const { type, reason } = told(error);
  const why = `${status} ${type}: ${printable(reason).slice(0, EXCERPT_CHARS)}`;
  if (status === 429 || status === 0 || PASSING.has(type)) return { kind: 'retry', why, isOdd: false };
  if (status >= 500) return { kind: 'retry', why, isOdd: true };
  if (status === 401 || HOLDING.has(type) || NO_PIPELINE.test(reason)) return { kind: 'hold', why };
  return { kind: 'refused', status, type, reason };
}

function told(error: AnsweredItem['error']): { readonly type: string; readonly reason: string } {
  if (typeof error !== 'object' || error === null) return { type: 'error', reason: error ?? 'no reason given' };
  return { type: String(error.type ?? 'error'), reason: String(error.reason ?? '') };
}

function excerpt(body: Buffer): string {
  const text = body.toString('utf8', 0, EXCERPT_CHARS);
  return text === '' ? '(an empty body)' : printable(text);
}
