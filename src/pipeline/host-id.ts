// Whose logs these are: part of every document's id, so it must be the same after a restart and is never random.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { EnvironmentError } from '../core/failure.ts';

export interface HostIdInput {
  /** `--host-id`, which wins. */
  readonly given: string | undefined;
  /** Prefix of the node's disk (`--root`), or empty. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly hostname: string;
}

const CONTAINER_MARKS = ['/.dockerenv', '/run/.containerenv', '/var/run/secrets/kubernetes.io'];

/**
 * `--host-id`, else the machine id of the disk that is read, else NODE_NAME, else (outside a container) the host name.
 * @throws {EnvironmentError} `host/no-identity` in a container that has none of them.
 */
export function findHostId(input: HostIdInput): string {
  const found = input.given ?? machineId(input.root) ?? input.env['NODE_NAME'];
  if (found) return found;
  if (!inContainer(input.env)) return input.hostname;
  throw new EnvironmentError(
    'host/no-identity',
    "this container has no identity that survives a restart: mount the host's /etc/machine-id, set NODE_NAME, or give --host-id",
  );
}

function machineId(root: string): string | undefined {
  try {
    const text = fs.readFileSync(path.join(root || '/', 'etc/machine-id'), 'utf8').trim();
    return /^[0-9a-f]{32}$/.test(text) ? text : undefined;
  } catch {
    // Not there or not readable: the next source of an identity is asked.
    return undefined;
  }
}

function inContainer(env: HostIdInput['env']): boolean {
  return env['KUBERNETES_SERVICE_HOST'] !== undefined || CONTAINER_MARKS.some((file) => fs.existsSync(file));
}
