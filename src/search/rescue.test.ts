import { expect, test } from 'vitest';
import { rescued } from './rescue.ts';

const ACTION = '{"create":{"_index":"logs","_id":"k1"}}\n';

function rescue(document: string, reason = 'because'): string | undefined {
  return rescued(Buffer.from(`${ACTION}${document}\n`), reason)?.toString('utf8');
}

test('the document goes into the bag as it was written, digits and all', () => {
  const document = '{"n":12345678901234567890,"e":1e400,"@timestamp":"2026-03-02T00:00:00.123456789Z"}';
  expect(rescue(document)).toBe(
    `${ACTION}{"@timestamp":"2026-03-02T00:00:00.123456789Z","tags":["_rescued"],"rescue_reason":"because","overflow":${document}}\n`,
  );
});

test.each([
  ['no time', '{"n":1}'],
  ['a time that is no text', '{"@timestamp":5}'],
  ['not JSON', '{"@timestamp":"x",'],
])('%s: there is no rescue', (_name, document) => {
  expect(rescue(document)).toBeUndefined();
});

test('a long reason is cut', () => {
  expect(rescue('{"@timestamp":"x"}', '"'.repeat(9999))).toHaveLength(ACTION.length + 1088);
});
