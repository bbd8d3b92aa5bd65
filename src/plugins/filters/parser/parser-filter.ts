// The filter at work. Where nothing is kept of the original, the parsed tape is the result as it is; else records are
// put together one by one.
import type { Arena } from '../../../core/arena.ts';
import type { Batch } from '../../../core/event.ts';
import { type FieldPath, parseFieldPath } from '../../../core/field-path.ts';
import type { Filter, FilterHost, Parser } from '../../../core/plugin.ts';
import { BAD_TIME, LIVE, type Tape, W_ORIGIN, W_STATUS, W_TIMED } from '../../../core/tape.ts';
import { copyTime } from '../../shared/copy-time.ts';
import { recordKey } from '../../shared/record-key.ts';
import { whyRefused } from '../../shared/refusal.ts';
import { KeyPrefix } from './key-prefix.ts';
import { NestedText } from './nested-text.ts';
import { hasOthers, RecordMaker } from './record-maker.ts';

export interface ParserFilterSettings {
  readonly key_name: string;
  readonly reserve_data: boolean;
  readonly reserve_time: boolean;
  readonly remove_key_name_field: boolean;
  readonly inject_key_prefix: string | undefined;
  readonly hash_value_field: string | undefined;
  readonly emit_invalid_record_to_error: boolean;
}

export class ParserFilter implements Filter {
  readonly state = 'none';
  readonly #settings: ParserFilterSettings;
  readonly #parser: Parser;
  readonly #host: FilterHost;
  /** Key of the text; of what is lifted out of another field, where the text lies inside of one. */
  readonly #key: number;
  readonly #nested: NestedText | undefined;
  readonly #prefix: KeyPrefix | undefined;
  readonly #hashKey: number | undefined;

  constructor(settings: ParserFilterSettings, parser: Parser, host: FilterHost) {
    const { inject_key_prefix: prefix, hash_value_field: hash } = settings;
    this.#settings = settings;
    this.#parser = parser;
    this.#host = host;
    const name = recordKey(settings.key_name);
    const path = parseFieldPath(settings.key_name) as FieldPath;
    this.#nested = name === undefined ? new NestedText(settings.key_name, path, host) : undefined;
    this.#key = this.#nested?.key ?? host.keys.pin(name as string);
    this.#prefix = prefix ? new KeyPrefix(prefix, host) : undefined;
    this.#hashKey = hash === undefined ? undefined : host.keys.pin(hash);
  }

  apply(batch: Batch): void {
    const { arena } = batch;
    const tape = this.#nested?.lifted(batch.tape) ?? batch.tape;
    const parsed = this.#parser.parse(tape, this.#key);
    this.#nested?.lowered(tape, parsed, this.#settings.remove_key_name_field);
    const live = this.#settle(arena, parsed);
    this.#prefix?.apply(parsed);
    if (live === parsed.count && this.#keepsNothing(arena, parsed)) batch.tape = parsed;
    else batch.tape = this.#assemble(arena, parsed);
  }

  /** Whether nothing of the originals stands beside what was parsed. */
  #keepsNothing({ i32 }: Arena, parsed: Tape): boolean {
    const { reserve_data: reserves, remove_key_name_field: removes } = this.#settings;
    if (this.#hashKey !== undefined) return false;
    if (!reserves) return true;
    const without = removes ? this.#key : undefined;
    for (let record = parsed.start; record < parsed.end; record += i32[record >> 2] as number) {
      if (hasOthers(i32, i32[(record >> 2) + W_ORIGIN] as number, without)) return false;
    }
    return true;
  }

  /** Settles times and hands what was not parsed to @ERROR; how many records were parsed. */
  #settle(arena: Arena, parsed: Tape): number {
    const keepsTime = this.#settings.reserve_time;
    const keepsTimeOfUntimed = !this.#parser.estimatesTime;
    const { refused, untimed } = this.#host.scanner.survey(parsed);
    if (refused === 0 && !keepsTime && !(keepsTimeOfUntimed && untimed > 0)) return parsed.count;
    let live = 0;
    for (let record = parsed.start; record < parsed.end; record += arena.i32[record >> 2] as number) {
      const head = record >> 2;
      if (arena.i32[head + W_STATUS] !== LIVE) {
        this.#refuse(arena, record);
        continue;
      }
      live++;
      if (keepsTime || (keepsTimeOfUntimed && arena.i32[head + W_TIMED] === 0))
        copyTime(arena, arena.i32[head + W_ORIGIN] as number, record);
    }
    return live;
  }

  #refuse(arena: Arena, record: number): void {
    this.#host.count('unmatched');
    if (!this.#settings.emit_invalid_record_to_error) return;
    const origin = arena.i32[(record >> 2) + W_ORIGIN] as number;
    this.#host.reject(origin, whyRefused(arena, record));
  }

  #assemble(arena: Arena, parsed: Tape): Tape {
    const maker = new RecordMaker(this.#host, parsed);
    for (let record = parsed.start; record < parsed.end; record += arena.i32[record >> 2] as number) {
      const status = arena.i32[(record >> 2) + W_STATUS];
      const origin = arena.i32[(record >> 2) + W_ORIGIN] as number;
      if (status === LIVE) this.#keepParsed(maker, record, origin);
      else if (this.#settings.reserve_data && status !== BAD_TIME) this.#keepOriginal(maker, record, origin);
    }
    return maker.tape();
  }

  #keepParsed(maker: RecordMaker, record: number, origin: number): void {
    const { reserve_data: reserves, remove_key_name_field: removes } = this.#settings;
    const fields = this.#hashKey === undefined ? record : maker.wrapped(record, this.#hashKey);
    if (reserves) maker.merged(record, origin, fields, removes ? this.#key : undefined);
    else maker.copied(fields);
  }

  #keepOriginal(maker: RecordMaker, record: number, origin: number): void {
    if (this.#hashKey === undefined) maker.copied(origin);
    else maker.merged(origin, origin, maker.emptyObject(record, this.#hashKey), undefined);
  }
}
