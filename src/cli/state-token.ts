// The token that programs show to the HTTP API, kept in the state directory so that it survives restarts.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { newToken } from '../api/guard.ts';
import { EnvironmentError, systemCode } from '../core/failure.ts';

/** Reads the token, or makes one that only the owner can read. @throws {EnvironmentError} `state/token` */
export function stateToken(stateDirectory: string): string {
  const file = path.join(stateDirectory, 'token');
  try {
    const present = fs.readFileSync(file, 'utf8').trim();
    if (present !== '') return present;
  } catch (cause) {
    if (systemCode(cause) !== 'ENOENT') throw new EnvironmentError('state/token', `cannot read ${file}`, { cause });
  }
  const token = newToken();
  try {
    fs.writeFileSync(file, `${token}\n`, { mode: 0o600 });
  } catch (cause) {
    throw new EnvironmentError('state/token', `cannot write ${file}`, { cause });
  }
  return token;
}
