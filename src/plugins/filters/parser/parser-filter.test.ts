// The filter on tapes beside the same on objects: whichever way it takes, the records are the same.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Batch, Segment } from '../../../core/event.ts';
import type { FilterHost, Parser } from '../../../core/plugin.ts';
import { LIVE, W_STATUS } from '../../../core/tape.ts';
import { PlainView } from '../../../formats/scan/plain-view.ts';
import { ParserFilter, type ParserFilterSettings } from './parser-filter.ts';

type Fields = Readonly<Record<string, string | number>>;

const view = new PlainView();
const segment: Segment = {
  streamKey: 'k',
  start: 0,
  timeAt: () => ({ seconds: 0, nanos: 0 }),
  cutOf: () => undefined,
  isJoined: () => false,
};
const parser: Parser = { estimatesTime: true, parse: (tape, key) => view.scanner.json(tape, key) };

const names = fc.constantFrom('a', 'b', 'log', 'p_a', 'p_log');
const fields = fc.dictionary(names, fc.oneof(fc.integer(), fc.string()), { noNullPrototype: true, maxKeys: 4 });
const text = fc.oneof(
  { weight: 5, arbitrary: fields.map((inner) => JSON.stringify(inner)) },
  { weight: 1, arbitrary: fc.constantFrom('', 'no json', '[1]') },
);
const original = fc
  .tuple(fields, fc.option(text, { nil: undefined }), fc.boolean())
  .map(([others, log, isFirst]): Fields => {
    const { log: _, ...rest } = others;
    if (log === undefined) return rest;
    return isFirst ? { log, ...rest } : { ...rest, log };
  });
const settings: fc.Arbitrary<ParserFilterSettings> = fc.record({
  key_name: fc.constant('log'),
  reserve_data: fc.boolean(),
  reserve_time: fc.boolean(),
  remove_key_name_field: fc.boolean(),
  inject_key_prefix: fc.constantFrom(undefined, 'p_'),
  hash_value_field: fc.constantFrom(undefined, undefined, 'h', 'a'),
  emit_invalid_record_to_error: fc.boolean(),
});

function parsedFields(log: unknown): Fields | undefined {
  try {
    const value: unknown = JSON.parse(String(log));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

/** The table of fluentd-compat §6.1, on one record. */
function plain(given: ParserFilterSettings, record: Fields): { out: string[]; rejected: number } {
  const { reserve_data: reserves, hash_value_field: hash, inject_key_prefix: prefix = '' } = given;
  const parsed = parsedFields(record['log']);
  const wrap = (inner: object): object => (hash === undefined ? inner : { [hash]: inner });
  if (!parsed) {
    const kept = hash === undefined ? record : { ...record, [hash]: {} };
    return { out: reserves ? [JSON.stringify(kept)] : [], rejected: given.emit_invalid_record_to_error ? 1 : 0 };
  }
  const prefixed = wrap(Object.fromEntries(Object.entries(parsed).map(([name, value]) => [prefix + name, value])));
  if (!reserves) return { out: [JSON.stringify(prefixed)], rejected: 0 };
  const { log, ...others } = record;
  const base = given.remove_key_name_field ? others : record;
  return { out: [JSON.stringify({ ...base, ...prefixed })], rejected: 0 };
}

function onTapes(given: ParserFilterSettings, records: readonly Fields[]): { out: string[]; rejected: number } {
  view.reset();
  let rejected = 0;
  const host = {
    ...{ arena: view.arena, keys: view.scanner.keys, scanner: view.scanner, count: () => undefined },
    reject: () => {
      rejected++;
    },
  } as unknown as FilterHost;
  const filter = new ParserFilter(given, parser, host);
  const lines = view.cut(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  const batch: Batch = { tag: 't', segment, arena: view.arena, tape: view.scanner.json(lines, view.message) };
  filter.apply(batch);
  const live = view.records(batch.tape).filter((record) => view.word(record, W_STATUS) === LIVE);
  return { out: live.map((record) => view.text(view.scanner.encodeRecord(record))), rejected };
}

test('what a record becomes does not depend on the way it takes', () => {
  fc.assert(
    fc.property(settings, fc.array(original, { minLength: 1, maxLength: 6 }), (given, records) => {
      const wanted = records.map((record) => plain(given, record));
      expect(onTapes(given, records)).toEqual({
        out: wanted.flatMap(({ out }) => out),
        rejected: wanted.reduce((sum, { rejected }) => sum + rejected, 0),
      });
    }),
    { numRuns: 300 },
  );
});
