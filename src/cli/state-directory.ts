// Where Katalog keeps its state unless it is told.
import * as os from 'node:os';
import * as path from 'node:path';

export function defaultStateDirectory(): string {
  if (process.getuid?.() === 0) return '/var/lib/katalog';
  const base = process.env['XDG_STATE_HOME'] ?? path.join(os.homedir(), '.local/state');
  return path.join(base, 'katalog');
}
