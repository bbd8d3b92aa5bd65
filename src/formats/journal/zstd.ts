// Zstandard frames, by zstddec (WebAssembly).
import { ZSTDDecoder } from 'zstddec';

const MAGIC = 0xfd2fb528;
let decoder: ZSTDDecoder | undefined;
let loading: Promise<void> | undefined;

/** Loads the decoder; {@link decodeZstd} needs it. */
export async function loadZstd(): Promise<void> {
  loading ??= load();
  await loading;
}

async function load(): Promise<void> {
  const made = new ZSTDDecoder();
  await withoutFetch(() => made.init());
  decoder = made;
}

/** With `fetch` in sight zstddec takes its own text over a data: URL, for which Node starts an HTTP client: 60 ms of CPU. */
async function withoutFetch(load: () => Promise<void>): Promise<void> {
  const { fetch } = globalThis;
  Reflect.deleteProperty(globalThis, 'fetch');
  const loaded = load();
  globalThis.fetch = fetch;
  await loaded;
}

/** Content size in the frame's header; undefined where it is no frame or has none (journald always writes it). */
export function zstdContentBytes(source: Buffer): number | undefined {
  if (source.length < 6 || source.readUInt32LE(0) !== MAGIC) return undefined;
  const descriptor = source[4] as number;
  const isSingle = (descriptor & 0x20) !== 0;
  const at = 5 + (isSingle ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] as number);
  const kind = descriptor >> 6;
  if (source.length < at + 8) return kind === 0 && isSingle ? source[at] : undefined;
  if (kind === 0) return isSingle ? source[at] : undefined;
  if (kind === 1) return source.readUInt16LE(at) + 256;
  return kind === 2 ? source.readUInt32LE(at) : Number(source.readBigUInt64LE(at));
}

/** Decodes a frame of `bytes` uncompressed bytes; undefined where it is damaged. */
export function decodeZstd(source: Buffer, bytes: number): Buffer | undefined {
  if (!decoder) throw new Error('BUG: zstd was not loaded');
  const content = decoder.decode(source, bytes);
  return content.length === bytes ? Buffer.from(content.buffer, content.byteOffset, bytes) : undefined;
}
