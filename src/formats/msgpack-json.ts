// MessagePack values as JSON text, for records.
import { decodeMulti, ExtensionCodec } from '@msgpack/msgpack';

/** Fluentd's EventTime: seconds and nanoseconds, 32 bits each. */
const EVENT_TIME = 0;

const extensions = new ExtensionCodec();
extensions.register({
  type: EVENT_TIME,
  encode: () => null,
  decode: (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return view.byteLength >= 8 ? view.getUint32(0) + view.getUint32(4) / 1e9 : null;
  },
});

/** The values that follow each other in `bytes`; undefined where they are no MessagePack. */
export function decodeMsgpack(bytes: Uint8Array): readonly unknown[] | undefined {
  try {
    return [...decodeMulti(bytes, { useBigInt64: true, extensionCodec: extensions })];
  } catch {
    // What is wrong with it the caller cannot mend.
    return undefined;
  }
}

/** A decoded value as JSON; bytes that are no text become base64. */
export function jsonOf(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return JSON.stringify(bytesText(value));
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([name, own]) => `${JSON.stringify(name)}:${jsonOf(own)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

function bytesText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // No text: it still has to be JSON.
    return Buffer.from(bytes).toString('base64');
  }
}
