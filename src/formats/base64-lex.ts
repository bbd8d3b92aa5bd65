// Numbers as text whose ASCII order is the order of the numbers: the parts of document ids.

/** 64 digits in ASCII order. */
export const BASE64_LEX_ALPHABET = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';

/** `value` ≥ 0, most significant digit first, in exactly `length` digits; higher digits are lost. */
export function base64Lex(value: bigint, length: number): string {
  let text = '';
  let rest = value;
  for (let i = 0; i < length; i++) {
    text = `${BASE64_LEX_ALPHABET[Number(rest & 63n)]}${text}`;
    rest >>= 6n;
  }
  return text;
}
