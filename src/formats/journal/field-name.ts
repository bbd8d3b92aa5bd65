// Names of fields: which are valid, and small numbers for them.
import { FIELD_NAME_MAX_BYTES } from './layout.ts';

const EQUALS = 0x3d;
const UNDERSCORE = 0x5f;
const SLOTS = 1024;

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** 1 for every byte that a name may hold. */
const NAME_BYTES = Uint8Array.from({ length: 256 }, (_, byte) =>
  (byte >= 0x41 && byte <= 0x5a) || isDigit(byte) || byte === UNDERSCORE ? 1 : 0,
);

/** Address of the `=` behind a valid field name at `from`, or -1. */
export function endOfName(bytes: Buffer, from: number, until: number): number {
  const limit = Math.min(until, from + FIELD_NAME_MAX_BYTES + 1);
  let at = from;
  while (at < limit && NAME_BYTES[bytes[at] as number] === 1) at++;
  if (at === from || at >= limit || bytes[at] !== EQUALS || isDigit(bytes[from] as number)) return -1;
  return at;
}

/** Whether a text is a name that a field can have. */
export function isFieldName(name: string): boolean {
  const bytes = Buffer.from(`${name}=`);
  return endOfName(bytes, 0, bytes.length) === bytes.length - 1;
}

/** Gives names numbers from 0 on. */
export class NameTable {
  readonly names: string[] = [];
  readonly #texts: Buffer[] = [];
  readonly #ids = new Map<string, number>();
  /** Id + 1 of the name last seen with a hash: most look-ups end here. */
  readonly #slots = new Int32Array(SLOTS);

  id(bytes: Buffer, from: number, until: number): number {
    const length = until - from;
    const hash =
      (length * 31 +
        (bytes[from] as number) * 17 +
        (bytes[until - 1] as number) * 7 +
        (bytes[from + (length >> 1)] as number)) &
      (SLOTS - 1);
    const known = (this.#slots[hash] as number) - 1;
    if (known >= 0 && isSame(this.#texts[known] as Buffer, bytes, from, length)) return known;
    const id = this.idOf(bytes.toString('latin1', from, until));
    this.#slots[hash] = id + 1;
    return id;
  }

  idOf(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const id = this.names.push(name) - 1;
    this.#texts.push(Buffer.from(name, 'latin1'));
    this.#ids.set(name, id);
    return id;
  }
}

function isSame(text: Buffer, bytes: Buffer, from: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) if (text[i] !== bytes[from + i]) return false;
  return true;
}
