// A server in front of another one that speaks TLS, with a certificate made for the purpose.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';

/** Makes a key and a certificate of 127.0.0.1 that it signs itself; needs the program openssl. */
export function makeCertificate(folder: string, name: string): { readonly key: string; readonly certificate: string } {
  const [key, certificate] = [path.join(folder, `${name}.key`), path.join(folder, `${name}.pem`)];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', '/CN=katalog test', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', certificate], {
    stdio: 'pipe',
  });
  return { key, certificate };
}

export class TlsProxy {
  readonly #server: https.Server;

  private constructor(server: https.Server) {
    this.#server = server;
  }

  /** @param target `http://host:port` */
  static async start(target: string, files: { readonly key: string; readonly certificate: string }): Promise<TlsProxy> {
    const tls = { key: fs.readFileSync(files.key), cert: fs.readFileSync(files.certificate) };
    const server = https.createServer(tls, (request, answer) => {
      const { method, headers, url } = request;
      const sent = http.request(`${target}${url}`, { method, headers }, (given) => {
        answer.writeHead(given.statusCode ?? 502, given.headers);
        given.pipe(answer);
      });
      sent.on('error', () => answer.destroy());
      request.pipe(sent);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TlsProxy(server);
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}
