// What the plain road holds of a file: what may belong to it is not for the fast road.
import { F_HELD, factsOf } from './facts';

/** What the plain road holds: lines of the file, stacks; consoles are marked in the facts of their sandboxes. */
let holds: u32 = 1;
let linesHeld: bool = false;
let stacksHeld: bool = false;
let anyHeld: bool = false;
/** There was no room to mark a console: any may be one. */
let isUnmarked: bool = false;

/** What is held now; the consoles of which something is held have to be named after it. */
export function setHolds(lines: bool, stacks: bool, any: bool): void {
  holds++;
  anyHeld = any;
  linesHeld = lines;
  stacksHeld = stacks;
  isUnmarked = false;
}

/** Something is held of the console of the sandbox `[s, e)`. */
export function holdConsole(s: usize, e: usize): void {
  const facts = factsOf(s, e);
  if (facts == 0) isUnmarked = true;
  else store<u32>(facts, holds, F_HELD);
}

/** The line that passed what is held of lines, and the one that wants to. */
let passedLine: usize = 0;
let askedLine: usize = 0;

/** Whether something is held that the line at `place` has to pass first: the caller is to be asked for it. */
export function mustPass(place: usize): bool {
  askedLine = place;
  const isPast = passedLine == place;
  passedLine = 0;
  return linesHeld && !isPast;
}

/** The line that was asked for may go on, whatever is held now. */
export function passLine(): void {
  passedLine = askedLine;
}

/** Something is held, of whatever stream. */
export function holdsAny(): bool {
  return anyHeld;
}

export function holdsStacks(): bool {
  return stacksHeld;
}

export function holdsConsole(sandbox: usize): bool {
  if (isUnmarked) return true;
  // The console of nobody knows whom may be that of which something is held.
  return sandbox == 0 ? anyHeld : load<u32>(sandbox, F_HELD) == holds;
}
