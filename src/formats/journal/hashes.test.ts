import { expect, test } from 'vitest';
import { jenkinsHash } from './jenkins.ts';
import { sipHash24 } from './siphash.ts';

const key = Buffer.from(Array.from({ length: 16 }, (_, i) => i));

// The vectors of the SipHash paper: message 00 01 02 …, key 00 … 0f.
test.each([
  [0, 0x726fdb47, 0xdd0e0e31],
  [1, 0x74f839c5, 0x93dc67fd],
  [8, 0x93f5f579, 0x9a932462],
  [15, 0xa129ca61, 0x49be45e5],
])('siphash of %i bytes', (length, high, low) => {
  expect(sipHash24(Buffer.from(Array.from({ length }, (_, i) => i)), key)).toEqual({ high, low });
});

// The vectors in the text of lookup3.c.
test.each([
  ['', 0xdeadbeef, 0xdeadbeef],
  ['Four score and seven years ago', 0x17770551, 0xce7226e6],
])('jenkins of %j', (text, high, low) => {
  expect(jenkinsHash(Buffer.from(text))).toEqual({ high, low });
});
