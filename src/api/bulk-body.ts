// The body of a bulk request, and the answer to it.
import type { DocumentEncoder } from '../store/document-encoder.ts';

const LF = 0x0a;
const ID_MAX_BYTES = 512;

/** What became of one item before anything was stored. */
export interface BulkEntry {
  readonly action: string;
  readonly index: string;
  readonly id: string;
  /** Absent when it was handed to the store. */
  readonly refusal?: { readonly status: number; readonly type: string; readonly reason: string };
}

export interface BulkEntries {
  readonly items: readonly BulkEntry[];
  /** The body as a whole is not understood. */
  readonly problem?: string;
}

/** Adds every document of a body to the encoder, in order. */
export function readBulk(body: Buffer, index: string, encoder: DocumentEncoder, now: bigint): BulkEntries {
  const items: BulkEntry[] = [];
  const lines = new Lines(body);
  for (let line = lines.next(); line; line = lines.next()) {
    if (line.length === 0) continue;
    const action = readAction(line, index);
    if (!action)
      return { items, problem: `item ${items.length + 1}: an action line is expected, such as {"create":{}}` };
    if (action.verb === 'delete') {
      items.push(refused(action, 405, 'unsupported_operation', 'records are never deleted one by one'));
      continue;
    }
    const document = lines.next();
    if (!document) return { items, problem: `item ${items.length + 1}: there is no document behind its action line` };
    items.push(take(action, document, encoder, now));
  }
  return items.length === 0 ? { items, problem: 'the body holds no item' } : { items };
}

interface Action {
  readonly verb: string;
  readonly index: string;
  readonly id: string | undefined;
}

function take(action: Action, document: Buffer, encoder: DocumentEncoder, now: bigint): BulkEntry {
  if (action.verb === 'update') return refused(action, 405, 'unsupported_operation', 'records are never changed');
  if (action.id !== undefined && Buffer.byteLength(action.id) > ID_MAX_BYTES) {
    return refused(action, 400, 'illegal_argument_exception', `an id has at most ${ID_MAX_BYTES} bytes`);
  }
  const id = encoder.addLoose({ document, id: action.id, index: action.index, now });
  if (id === undefined) return refused(action, 400, 'document_parsing_exception', 'the document is no JSON object');
  return { action: action.verb, index: action.index, id };
}

function refused({ verb, index, id = '' }: Action, status: number, type: string, reason: string): BulkEntry {
  return { action: verb, index, id, refusal: { status, type, reason } };
}

function readAction(line: Buffer, index: string): Action | undefined {
  try {
    const [[verb, meta] = []] = Object.entries(JSON.parse(line.toString('utf8')) as Record<string, unknown>);
    if (verb === undefined || !['create', 'index', 'update', 'delete'].includes(verb)) return undefined;
    const { _index, _id } = (meta ?? {}) as { readonly _index?: unknown; readonly _id?: unknown };
    const id = _id === undefined || _id === null || _id === '' ? undefined : String(_id);
    return { verb, index: typeof _index === 'string' && _index !== '' ? _index : index, id };
  } catch {
    return undefined;
  }
}

class Lines {
  readonly #body: Buffer;
  #at = 0;

  constructor(body: Buffer) {
    this.#body = body;
  }

  next(): Buffer | undefined {
    if (this.#at >= this.#body.length) return undefined;
    const found = this.#body.indexOf(LF, this.#at);
    const end = found < 0 ? this.#body.length : found;
    const line = this.#body.subarray(this.#at, this.#body[end - 1] === 0x0d ? end - 1 : end);
    this.#at = end + 1;
    return line;
  }
}

/** `isNew[i]` belongs to the i-th item that was not refused. */
export function answerBulk(entries: readonly BulkEntry[], isNew: readonly boolean[], took: number): object {
  let stored = 0;
  const items = entries.map((entry) => ({
    [entry.action]: itemOf(entry, entry.refusal ? false : (isNew[stored++] ?? false)),
  }));
  const errors = items.some((item) => Object.values(item).some(({ status }) => status >= 300));
  // Fluent Bit looks for `"errors":false,"items":[`: the order of the keys matters.
  return { took, errors, items };
}

function itemOf({ index, id, refusal }: BulkEntry, isNew: boolean): { readonly status: number } {
  const head = { _index: index, _id: id };
  if (refusal) return { ...head, status: refusal.status, ...{ error: { type: refusal.type, reason: refusal.reason } } };
  if (isNew) {
    const created = {
      _version: 1,
      result: 'created',
      _shards: { total: 1, successful: 1, failed: 0 },
      _seq_no: 0,
      _primary_term: 1,
    };
    return { ...head, ...created, status: 201 };
  }
  const reason = `[${id}]: version conflict, document already exists (current version [1])`;
  return { ...head, status: 409, ...{ error: { type: 'version_conflict_engine_exception', reason } } };
}
