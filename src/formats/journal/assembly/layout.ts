// Where things lie in the memory of the module that writes entries as JSON lines.

/** Head of the present entry, as it is stored. */
export const HEAD: usize = 65536;
/** Texts in front of its numbers and behind the last one: bytes (32 bits), and the text at 16. */
export const PIECES: usize = HEAD + 64;
export const PIECE_BYTES: usize = 256;
/** Data objects of the present entry, 32 bits each; up to 4096 of them. */
export const ITEMS: usize = PIECES + 8 * PIECE_BYTES;
/** By number of a name: the number of the entry that had it last. */
export const SEEN: usize = ITEMS + 4096 * 4;
/** Most names between two clean-ups. */
export const NAMES_MAX: u32 = 16384;
/** Hash table of the kept fields: item, file, node, unused; 32 bits each. */
export const SLOTS: usize = SEEN + NAMES_MAX * 4;
export const SLOTS_COUNT: u32 = 65536;
export const SLOT_BYTES: usize = 16;
/** Kept fields: bytes of the text, number of the name (32 bits each), and the text at 16. */
export const NODES: usize = SLOTS + SLOTS_COUNT * SLOT_BYTES;
export const NODES_END: usize = NODES + 16 * 1048576;
/** One field as it is stored, `NAME=value`, or the text that it becomes. */
export const PAYLOAD: usize = NODES_END + 64;
export const PAYLOAD_BYTES: u32 = 131072;
/** The lines, to the end of the memory. Loads and stores of 16 bytes may run over an end. */
export const OUT: usize = PAYLOAD + PAYLOAD_BYTES + 64;
