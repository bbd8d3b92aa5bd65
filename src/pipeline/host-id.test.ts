import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { findHostId } from './host-id.ts';

const MACHINE_ID = '3dd49df65a1b467bac8d51f2eaa17e92';

function rootWith(machineId: string | undefined): string {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-root-'));
  fs.mkdirSync(path.join(root, 'etc'));
  if (machineId !== undefined) fs.writeFileSync(path.join(root, 'etc/machine-id'), `${machineId}\n`);
  return root;
}

test.each([
  ['the given one wins', 'mine', MACHINE_ID, { NODE_NAME: 'n1' }, 'mine'],
  ['then the machine id of the disk that is read', undefined, MACHINE_ID, { NODE_NAME: 'n1' }, MACHINE_ID],
  ['then the node name', undefined, undefined, { NODE_NAME: 'n1' }, 'n1'],
  ['a machine id that is none is passed over', undefined, 'uninitialized', { NODE_NAME: 'n1' }, 'n1'],
])('%s', (_name, given, machineId, env, expected) => {
  expect(findHostId({ given, root: rootWith(machineId), env, hostname: 'h' })).toBe(expected);
});

test('a container without any identity is refused with what to do', () => {
  const input = {
    given: undefined,
    root: rootWith(undefined),
    env: { KUBERNETES_SERVICE_HOST: '10.0.0.1' },
    hostname: 'h',
  };
  expect(() => findHostId(input)).toThrow(/NODE_NAME|--host-id/);
});
