// Room for texts that do not stand in the source as they are needed: unescaped, decoded, without line breaks.
// The caller provides room for the worst case of a whole tape, so nothing here checks for its end.

let top: usize = 0;

export function setScratch(start: usize): void {
  top = start;
}

export function scratchTop(): usize {
  return top;
}
