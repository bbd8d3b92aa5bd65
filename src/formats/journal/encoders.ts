// The forms in which fields are printed and passed on.
import type { FieldEncoder } from './field-fragments.ts';
import { type BinaryForm, isPrintable, jsonRoom, writeJsonValue } from './json-value.ts';

const COMMA = 0x2c;
const QUOTE = 0x22;
const COLON = 0x3a;
const LINE_FEED = 0x0a;
const BOOT_ID = Buffer.from('_BOOT_ID=');
/** `journalctl -o json` writes null for longer fields, unless told --all. */
const JSON_FIELD_LIMIT_BYTES = 4096;

export interface JsonForm {
  /** Values of any length; else null from 4096 bytes of `NAME=value` on, as journalctl does. */
  readonly all: boolean;
  readonly binary: BinaryForm;
  /** Leave `_BOOT_ID` out, because the head of the entry tells it. */
  readonly skipsBootId: boolean;
}

function isBootId(payload: Buffer, from: number, equals: number): boolean {
  return equals - from === 8 && payload.compare(BOOT_ID, 0, BOOT_ID.length, from, equals + 1) === 0;
}

/** `,"NAME":value`. The value begins 4 bytes and the name's length behind the start. */
export function jsonEncoder({ all, binary, skipsBootId }: JsonForm): FieldEncoder {
  return {
    room: (bytes) => jsonRoom(bytes) + 8,
    write(payload, from, equals, until, out, at) {
      if (skipsBootId && isBootId(payload, from, equals)) return at;
      let to = at;
      out[to++] = COMMA;
      out[to++] = QUOTE;
      for (let i = from; i < equals; i++) out[to++] = payload[i] as number;
      out[to++] = QUOTE;
      out[to++] = COLON;
      if (!all && until - from >= JSON_FIELD_LIMIT_BYTES) return to + out.write('null', to, 'latin1');
      return writeJsonValue(payload, equals + 1, until, out, to, binary);
    },
  };
}

/** Bytes of a field's JSON fragment in front of its value. */
export function jsonNameBytes(name: string): number {
  return name.length + 4;
}

/** The journal export format: `NAME=value` LF, or `NAME` LF, length, bytes, LF. */
export const exportEncoder: FieldEncoder = {
  room: (bytes) => bytes + 16,
  write(payload, from, equals, until, out, at) {
    if (isBootId(payload, from, equals)) return at;
    const value = payload.subarray(equals + 1, until);
    if (!isPrintable(value) || value.includes(LINE_FEED))
      return writeBinary(payload.subarray(from, equals), value, out, at);
    const end = at + payload.copy(out, at, from, until);
    out[end] = LINE_FEED;
    return end + 1;
  },
};

function writeBinary(name: Buffer, value: Buffer, out: Buffer, at: number): number {
  let to = at + name.copy(out, at);
  out[to++] = LINE_FEED;
  out.writeUInt32LE(value.length, to);
  out.writeUInt32LE(0, to + 4);
  to += 8;
  to += value.copy(out, to);
  out[to] = LINE_FEED;
  return to + 1;
}

/** The field as it is stored. */
export const rawEncoder: FieldEncoder = {
  room: (bytes) => bytes,
  write: (payload, from, _equals, until, out, at) => at + payload.copy(out, at, from, until),
};

/** Leaves all fields out but these; all of them stay where `names` is undefined. */
export function onlyFields(encoder: FieldEncoder, names: readonly string[] | undefined): FieldEncoder {
  if (!names) return encoder;
  const wanted = new Set(names);
  return {
    room: (bytes) => encoder.room(bytes),
    write(payload, from, equals, until, out, at) {
      if (!wanted.has(payload.toString('latin1', from, equals))) return at;
      return encoder.write(payload, from, equals, until, out, at);
    },
  };
}
