// The module that writes entries as JSON lines (assembly/), instantiated over a memory of its own.
import { MODULE_BASE64 } from './module.generated.ts';

/** What assembly/index.ts exports. Addresses are bytes in the memory. */
export interface JsonLinesModule {
  readonly begin: (file: number) => number;
  readonly copyKept: (from: number, count: number) => number;
  readonly addField: (item: number, name: number, nameBytes: number, bytes: number) => number;
  readonly addText: (item: number, name: number, bytes: number) => number;
  readonly finish: () => number;
  readonly top: () => number;
  readonly setTop: (address: number) => void;
  readonly setLimit: (address: number) => void;
  readonly forget: () => void;
}

/** Where things lie in the memory; see assembly/layout.ts. */
export interface JsonLinesLayout {
  readonly head: number;
  readonly pieces: number;
  readonly pieceBytes: number;
  readonly items: number;
  readonly namesMax: number;
  readonly payload: number;
  readonly payloadBytes: number;
  readonly out: number;
}

const PAGE_BYTES = 65_536;
/** Pages of everything in front of the lines, and of some room for them. */
const PAGES = 384;

interface Instance {
  readonly memory: WebAssembly.Memory;
  readonly module: JsonLinesModule;
  readonly layout: JsonLinesLayout;
}

export function instantiateJsonLines(): Instance {
  const memory = new WebAssembly.Memory({ initial: PAGES });
  const compiled = new WebAssembly.Module(Buffer.from(MODULE_BASE64, 'base64'));
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  const at = (name: string): number => {
    const found: unknown = exports[name];
    if (typeof found !== 'object' || found === null || !('value' in found))
      throw new Error(`BUG: the module exports no ${name}`);
    return Number(found.value);
  };
  if (at('STATICS_END') > at('HEAD')) throw new Error('BUG: data of the module lie where entries do');
  const layout = {
    head: at('HEAD'),
    pieces: at('PIECES'),
    pieceBytes: at('PIECE_BYTES'),
    items: at('ITEMS'),
    namesMax: at('NAMES_MAX'),
    payload: at('PAYLOAD'),
    payloadBytes: at('PAYLOAD_BYTES'),
    out: at('OUT'),
  };
  if (!isModule(exports)) throw new Error('BUG: the module exports other functions than these');
  return { memory, module: exports, layout };
}

/** Makes a memory at least `bytes` long; whether it was shorter. */
export function growTo(memory: WebAssembly.Memory, bytes: number): boolean {
  const missing = bytes - memory.buffer.byteLength;
  if (missing <= 0) return false;
  memory.grow(Math.ceil(missing / PAGE_BYTES));
  return true;
}

const FUNCTIONS = [
  'begin',
  'copyKept',
  'addField',
  'addText',
  'finish',
  'top',
  'setTop',
  'setLimit',
  'forget',
] as const satisfies readonly (keyof JsonLinesModule)[];

function isModule(exports: object): exports is JsonLinesModule {
  return FUNCTIONS.every((name) => typeof Reflect.get(exports, name) === 'function');
}
