// Parser `msgpack`: a record in MessagePack.
import { type Definition, defineParser } from '../../../config/define.ts';
import { string } from '../../../config/settings.ts';
import type { Host } from '../../../core/plugin.ts';
import { MAX_FIELDS, MAX_KEY_BYTES } from '../../../core/tape.ts';
import { decodeMsgpack, jsonOf } from '../../../formats/msgpack-json.ts';
import { checkParserSettings, commonParserFields, timeType } from '../../shared/parser-settings.ts';
import { ScanningParser } from '../../shared/scanning-parser.ts';
import { type ReadText, scanTexts } from '../../shared/text-scan.ts';

const settings = {
  time_key: string({ fallback: 'time', doc: 'Field with the time of the event.' }),
  time_type: timeType('float'),
  ...commonParserFields,
};

export const msgpackParser: Definition<'parser', typeof settings> = defineParser({
  type: 'msgpack',
  summary: 'One object in MessagePack, written as a text of base64 or of bytes below 128.',
  settings,
  check: (given) => checkParserSettings(given),
  create: (given, host) => {
    const read = readMsgpack(host);
    return new ScanningParser(given, host, (tape, key) => scanTexts(host, tape, key, read));
  },
});

function readMsgpack(host: Host): ReadText {
  return (text, fields) => {
    const value = objectOf(Buffer.from(text, 'latin1')) ?? objectOf(Buffer.from(text, 'base64'));
    if (!value) return false;
    const members = Object.entries(value);
    const isRecord =
      members.length <= MAX_FIELDS && members.every(([name]) => Buffer.byteLength(name) <= MAX_KEY_BYTES);
    if (isRecord) for (const [name, own] of members) fields.json(host.keys.id(name), jsonOf(own));
    return isRecord;
  };
}

/** The one object that the bytes are, or undefined. */
function objectOf(bytes: Buffer): object | undefined {
  const [value, ...others] = decodeMsgpack(bytes) ?? [];
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return others.length === 0 && isObject ? value : undefined;
}
