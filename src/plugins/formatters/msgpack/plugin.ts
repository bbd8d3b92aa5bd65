// Formatter `msgpack`: the record in MessagePack, one behind the other.
import { encode } from '@msgpack/msgpack';
import { type Definition, defineFormatter } from '../../../config/define.ts';
import { parseExactJson } from '../../../formats/exact-json.ts';

const settings = {};

export const msgpackFormatter: Definition<'formatter', typeof settings> = defineFormatter({
  type: 'msgpack',
  summary: 'The record in MessagePack; whole numbers of up to 64 bits are exact.',
  settings,
  create: (_given, host) => ({
    format(_tag, record) {
      const { arena, scanner } = host;
      const json = scanner.encodeRecord(record);
      const value = parseExactJson(arena.u8.toString('utf8', json.start, json.end));
      const bytes = encode(value, { useBigInt64: true });
      const start = arena.alloc(bytes.length);
      arena.u8.set(bytes, start);
      return { start, end: start + bytes.length };
    },
  }),
});
