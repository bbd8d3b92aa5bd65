// Reading a cluster that speaks TLS: what is trusted, and what is said where it is not.
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scratchFolders } from '../support/folder.ts';
import { describeWithServer } from '../support/search-server.ts';
import { makeCertificate, TlsProxy } from '../support/tls-proxy.ts';

const program = fileURLToPath(new URL('../../bin/katalog.js', import.meta.url));
const INDEX = 'cluster-tls';
const folderOf = scratchFolders();

describeWithServer('a cluster behind TLS', (server) => {
  let folder: string;
  let proxy: TlsProxy;

  beforeAll(async () => {
    folder = folderOf('cluster-tls');
    const own = makeCertificate(folder, 'own');
    makeCertificate(folder, 'other');
    fs.writeFileSync(path.join(folder, 'empty.pem'), 'no certificate\n');
    proxy = await TlsProxy.start(server.url, own);
    const record = { '@timestamp': '2026-03-02T00:00:00Z', tag: 'kata.tls', MESSAGE: 'over TLS' };
    await server.request('PUT', `/${INDEX}/_doc/one?refresh=true`, record);
  });
  afterAll(async () => {
    await proxy.stop();
    await server.deleteIndices(INDEX);
  });

  /** Of `katalog query`, while this process serves the proxy. */
  function query(url: string, args: readonly string[]): Promise<readonly [status: unknown, printed: string]> {
    const all = [program, 'query', '', '--es', url, '--index', INDEX, '-o', 'ndjson', ...args];
    return new Promise((resolve) => {
      execFile(process.execPath, all, { cwd: folder }, (error, stdout, stderr) =>
        resolve([error?.code ?? 0, stdout + stderr]),
      );
    });
  }

  test.each([
    ['its own certificate trusted', ['--es-ca', 'own.pem'], 0, 'over TLS'],
    ['any certificate taken', ['--es-insecure'], 0, 'over TLS'],
    ['nothing said about it', [], 69, 'name the file with the certificate of who signed it'],
    ['another one trusted', ['--es-ca', 'other.pem'], 69, 'name the file with the certificate of who signed it'],
    ['a file without certificates', ['--es-ca', 'empty.pem'], 69, 'holds no certificate'],
    ['no such file', ['--es-ca', 'nowhere.pem'], 69, 'cannot read'],
  ] as const)('%s', async (_what, args, status, said) => {
    expect(await query(proxy.url, args)).toEqual([status, expect.stringContaining(said)]);
  });

  test('where no TLS is spoken, it says so', async () => {
    const url = server.url.replace('http:', 'https:');
    expect(await query(url, [])).toEqual([69, expect.stringContaining('where it speaks none write http://')]);
  });
});
