import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimalPattern } from './decimal-pattern.ts';

const decimal = fc.oneof(
  fc.integer({ min: -1200, max: 1200 }).map(String),
  fc.tuple(fc.integer({ min: -120, max: 120 }), fc.integer({ min: 0, max: 999 })).map(([a, b]) => `${a}.${b}`),
  fc.constantFrom('007', '1.50', '00.5', '12345678901234', '0.0001', '100', '99', '9.99'),
);

test('a pattern takes exactly the decimals of the range', () => {
  fc.assert(
    fc.property(decimal, decimal, fc.constantFrom('above', 'below'), fc.boolean(), (bound, text, side, inclusive) => {
      const [value, limit] = [Number(text), Number(bound)];
      const wanted = (inclusive && value === limit) || (side === 'above' ? value > limit : value < limit);
      // "-0" is no number that anybody writes, and stands below zero here.
      fc.pre(!(value === 0 && text.startsWith('-')));
      expect(new RegExp(`^(${decimalPattern(side, limit, inclusive)})$`).test(text)).toBe(wanted);
    }),
    { numRuns: 2000, seed: 7 },
  );
});

test.each(['abc', '', '1.', '.5', '--1', '1 '])('%j is no number', (text) => {
  expect(new RegExp(`^(${decimalPattern('above', -1000, true)})$`).test(text)).toBe(false);
});

test('a pattern for the longest number fits into what servers take', () => {
  expect(decimalPattern('below', Number.MAX_SAFE_INTEGER, true).length).toBeLessThan(1000);
});
