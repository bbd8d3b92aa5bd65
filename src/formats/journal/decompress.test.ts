import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { decompress } from './decompress.ts';
import { PACKED_LZ4, PACKED_XZ, PACKED_ZSTD } from './layout.ts';
import { loadZstd } from './zstd.ts';

beforeAll(loadZstd);

const TEXT = `MESSAGE=${'the quick brown fox jumps over the lazy dog, '.repeat(30)}`;
// Made by xz --check=none, zstd --no-check and liblz4 (behind a length of 8 bytes).
const PACKED = {
  xz: '/Td6WFoAAAD/EtlBAgAhAQwAAACPmEGc4AVNAEFdACaRRqzQb3S4pjLMLMFW2wkQ2wuANJGsmXTSXVBks/C4bhRby+7jyY9EhjpW/NJa2WTz5fs5XgfxKmyhr4QLlocAAAAAAAABVc4KAAAAR/uOpqgACvwCAAAAAABZWg==',
  zstd: 'KLUv/WBOBOUBABQDTUVTU0FHRT10aGUgcXVpY2sgYnJvd24gZm94IGp1bXBzIG92ZXIgbGF6eSBkb2csIAIAFkH16IJVTw==',
  lz4: 'TgUAAAAAAAD/Jk1FU1NBR0U9dGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIHRoZSBsYXp5IGRvZywgLQD//////wZQZG9nLCA=',
} as const;

const flags = { xz: PACKED_XZ, zstd: PACKED_ZSTD, lz4: PACKED_LZ4 } as const;

describe.each(['xz', 'zstd', 'lz4'] as const)('%s', (name) => {
  const packed = Buffer.from(PACKED[name], 'base64');

  test('gives the text', () => {
    expect(decompress(flags[name], packed)?.toString('latin1')).toBe(TEXT);
  });

  test('damaged or cut: nothing or something, never an exception', () => {
    fc.assert(
      fc.property(fc.nat(packed.length - 1), fc.nat(255), fc.nat(packed.length), (at, byte, length) => {
        const damaged = Buffer.from(packed);
        damaged[at] = byte;
        const content = decompress(flags[name], damaged.subarray(0, length));
        expect(content === undefined || content.length > 0).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

test.each([
  ['zstd', PACKED_ZSTD, '28b52ffde0000000000001000001000061'],
  ['lz4', PACKED_LZ4, '0000000000010000f0ff'],
  ['a flag that does not exist', 3, '00'],
])('%s that says it is a terabyte is not believed', (_name, flag, hex) => {
  expect(decompress(flag, Buffer.from(hex, 'hex'))).toBeUndefined();
});
