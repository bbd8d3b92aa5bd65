// The id of a record and its parts: our own ids (search/id) are stored as stream, offset and check, which compress to
// next to nothing; an id that somebody else gave is kept as it is.
import { BASE64_LEX_ALPHABET } from '../formats/base64-lex.ts';
import { documentId } from '../search/id.ts';
import { FANOUT_UNIT, type Origin } from './wal-encoder.ts';

const OWN_ID = /^k([-0-9A-Z_a-z]{11})([-0-9A-Z_a-z]{8})([-0-9A-Z_a-z]{5})(?:\.([1-9][0-9]{0,5}))?$/;

export function originOfId(id: string): Origin {
  const parts = OWN_ID.exec(id);
  if (!parts) return { stream: `#${id}`, offset: 0, check: 0 };
  const [, stream, offset, check, fanout] = parts;
  return {
    stream: stream as string,
    offset: numberOf(offset as string),
    check: numberOf(check as string) + Number(fanout ?? 0) * FANOUT_UNIT,
  };
}

export function idOfOrigin({ stream, offset, check }: Origin): string {
  if (stream.startsWith('#')) return stream.slice(1);
  return documentId(stream, offset, check % FANOUT_UNIT, Math.floor(check / FANOUT_UNIT));
}

function numberOf(digits: string): number {
  let value = 0;
  for (const digit of digits) value = value * 64 + BASE64_LEX_ALPHABET.indexOf(digit);
  return value;
}
