// What the store gets of records that no filter `kata` has seen.
import { expect, test } from 'vitest';
import { HARMLESS, leaksIn } from '../../test/support/secret-texts.ts';
import { Arena } from '../core/arena.ts';
import type { Tape } from '../core/tape.ts';
import { PlainView } from '../formats/scan/plain-view.ts';
import { DocumentEncoder } from './document-encoder.ts';
import { StoreRedaction } from './redaction.ts';

const view = new PlainView();
view.reset();

const texts = (tape: Tape): readonly string[] =>
  view.records(tape).map((record) => view.text(view.scanner.encodeRecord(record)));

function stored(records: readonly string[]): { readonly before: readonly string[]; readonly after: readonly string[] } {
  const tape = view.scanner.json(view.cut(records.map((record) => `${record}\n`).join('')), view.message);
  const before = texts(tape);
  const after = texts(
    new StoreRedaction({ arena: view.arena, keys: view.scanner.keys, kata: view.scanner.kata }).of(tape),
  );
  expect(texts(tape)).toEqual(before);
  return { before, after };
}

test('secrets go, and other outputs have the records as they were', () => {
  const { before, after } = stored([
    '{"message":"spec: env: Some([\\"A=Xk7vqzzz\\"])"}',
    '{"password":"Xk7vqzzz","n":1}',
    '{"spec":{"env":["A=Xk7vqzzz"],"auth":{"token":"Yj3wrrru"}},"n":1.50}',
    '{"m":"\\u0070assword=Xk7vqzzz"}',
    '{"m":"nothing"}',
  ]);
  expect(after).toHaveLength(before.length);
  expect(leaksIn(after.join('\n'))).toEqual([]);
  expect(after.filter((text) => text.includes('[redacted]'))).toHaveLength(4);
});

test('what has no secret stays, and so does what the filter left', () => {
  const { before, after } = stored([
    ...HARMLESS.map((m) => JSON.stringify({ m })),
    '{"m":"password=Xk7vqzzz","kata":{"component":"shim"}}',
  ]);
  expect(after).toEqual(before);
});

test('a document that comes by the interface of Elasticsearch', () => {
  const encoder = new DocumentEncoder(new Arena());
  for (const document of ['{"m":"password=Xk7vqzzz"}', '{"m":"nothing"}'])
    encoder.addLoose({ document: Buffer.from(document), id: undefined, index: 'i', now: 1n });
  const { bytes, ends } = encoder.take();
  expect(ends).toHaveLength(2);
  expect(bytes.toString('utf8', 0, ends[1])).toContain('"password=[redacted]"');
});
