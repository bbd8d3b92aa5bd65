// What an entry tells beside its fields: times, number, ids, cursor.
import { copyOver } from '../../scan/assembly/bytes';
import { HEAD, PIECE_BYTES, PIECES } from './layout';
import { decimal, hex } from './numbers';

const SEQNUM: usize = HEAD;
const REALTIME: usize = HEAD + 8;
const MONOTONIC: usize = HEAD + 16;
const XOR: usize = HEAD + 40;

function writePiece(number: usize, out: usize): usize {
  const piece = PIECES + number * PIECE_BYTES;
  const end = piece + 16 + load<u32>(piece);
  copyOver(piece + 16, end, out);
  return out + (end - piece - 16);
}

/** Pieces and numbers in turn, as json-lines.ts arranged them; the address behind them. */
export function writeHead(out: usize): usize {
  out = decimal(load<u64>(REALTIME), writePiece(0, out));
  out = decimal(load<u64>(MONOTONIC), writePiece(1, out));
  out = decimal(load<u64>(SEQNUM), writePiece(2, out));
  out = hex(load<u64>(SEQNUM), writePiece(3, out));
  out = hex(load<u64>(MONOTONIC), writePiece(4, out));
  out = hex(load<u64>(REALTIME), writePiece(5, out));
  out = hex(load<u64>(XOR), writePiece(6, out));
  return writePiece(7, out);
}
