// Standard output of the commands that print what logs say: as it is, but escaped where it is a terminal.
import { type EscapeWay, inert } from '../core/terminal-text.ts';

export function forStdout(text: string, way: EscapeWay): string {
  return process.stdout.isTTY ? inert(text, way) : text;
}

/** For programs, and for people who look at what a program would get. */
export function printJson(value: unknown): void {
  process.stdout.write(forStdout(`${JSON.stringify(value, undefined, 2)}\n`, 'json'));
}
