// Fluentd's position file: `path TAB 16 hex digits of position TAB 16 hex digits of inode LF`, a line for each file.

export interface FilePosition {
  readonly position: number;
  readonly ino: bigint;
}

/** Fluentd's mark for a file that it no longer watches. */
const UNWATCHED = 'ffffffffffffffff';
const LINE = /^([^\t]+)\t([0-9a-fA-F]+)\t([0-9a-fA-F]+)$/;

/** By path; of two lines for one path the later counts. `unreadable` counts lines that are none. */
export function parsePositionFile(text: string): {
  readonly positions: ReadonlyMap<string, FilePosition>;
  readonly unreadable: number;
} {
  const positions = new Map<string, FilePosition>();
  let unreadable = 0;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, path, position, ino] = LINE.exec(line) ?? [];
    if (path === undefined || position === undefined) unreadable++;
    else if (position.toLowerCase() === UNWATCHED) positions.delete(path);
    else positions.set(path, { position: Number.parseInt(position, 16), ino: BigInt(`0x${ino}`) });
  }
  return { positions, unreadable };
}

/** A path with a tab cannot be written down, as in Fluentd. */
export function formatPositionFile(positions: ReadonlyMap<string, FilePosition>): string {
  const lines: string[] = [];
  for (const [path, { position, ino }] of positions) {
    if (!/[\t\n]/.test(path)) lines.push(`${path}\t${hex(BigInt(position))}\t${hex(ino)}\n`);
  }
  return lines.join('');
}

function hex(value: bigint): string {
  return value.toString(16).padStart(16, '0');
}
