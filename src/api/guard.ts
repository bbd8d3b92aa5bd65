// Who may ask: a token for programs, a cookie for the page (set by a URL that works once), and nobody whose browser was
// led here by another site or by a name that is not ours (DNS rebinding).
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { refuse } from './refusal.ts';

export interface GuardOptions {
  /** Undefined: anybody may ask (`--no-token`). */
  readonly token: string | undefined;
  /** Names under which the server is reached, beside loopback. */
  readonly hosts: readonly string[];
  readonly port: () => number;
}

const CODE_BYTES = 24;
const COOKIE_SECONDS = 30 * 86_400;
/** Asked without a token: no data is in them. */
const OPEN = new Set(['/healthz', '/metrics', '/login']);
/** Goes on to the page. It has an icon, or a browser that waits for the page asks for /favicon.ico. */
const LOGGED_IN = [
  '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/">',
  '<link rel="icon" href="/favicon.svg" type="image/svg+xml"><title>Katalog</title>',
].join('');
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

export class Guard {
  readonly #options: GuardOptions;
  readonly #codes = new Set<string>();

  constructor(options: GuardOptions) {
    this.#options = options;
  }

  /** A code for one `/login?code=…`. */
  newCode(): string {
    const code = randomBytes(CODE_BYTES).toString('base64url');
    this.#codes.add(code);
    return code;
  }

  install(app: FastifyInstance): void {
    app.addHook('onRequest', async (request, reply) => {
      if (!this.#isOurHost(request))
        return refuse(reply, 403, 'api/host', 'this server is not reached under that name');
      if (!this.#isOurOrigin(request)) return refuse(reply, 403, 'api/origin', 'requests of other sites are refused');
      if (OPEN.has(pathOf(request)) || this.#isKnown(request)) return;
      reply.header('www-authenticate', 'Basic realm="katalog", charset="UTF-8"');
      if (wantsPage(request)) reply.removeHeader('www-authenticate');
      await refuse(
        reply,
        401,
        'api/token',
        'a token is needed',
        'open the URL that katalog printed, or send the token of STATE/token',
      );
    });
    app.get('/login', { schema: { hide: true } }, (request, reply) => this.#login(request, reply));
  }

  async #login(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { code } = request.query as { readonly code?: unknown };
    if (this.#options.token !== undefined && !this.#isKnown(request)) {
      if (typeof code !== 'string' || !this.#codes.delete(code)) {
        await refuse(reply, 401, 'api/code', 'this URL was used already', 'katalog prints a new one when it starts');
        return;
      }
      const cookie = `${this.#cookieName()}=${sessionOf(this.#options.token)}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${COOKIE_SECONDS}`;
      reply.header('set-cookie', cookie);
    }
    // A page that goes on, not a redirect: a strict cookie is not sent on a redirect that another site began.
    reply.header('cache-control', 'no-store').type('text/html');
    await reply.send(LOGGED_IN);
  }

  #isKnown(request: FastifyRequest): boolean {
    const { token } = this.#options;
    if (token === undefined) return true;
    const { authorization, cookie } = request.headers;
    if (authorization !== undefined) return equal(tokenOf(authorization), token);
    return equal(cookieOf(cookie, this.#cookieName()), sessionOf(token));
  }

  #isOurHost(request: FastifyRequest): boolean {
    const host = request.headers.host ?? '';
    const name = host.replace(/:\d+$/, '').toLowerCase();
    return LOOPBACK.includes(name) || this.#options.hosts.includes(name);
  }

  #isOurOrigin(request: FastifyRequest): boolean {
    const { origin, host } = request.headers;
    const site = request.headers['sec-fetch-site'];
    if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) return false;
    // A link or a typed address may lead here; anything else of another site may not.
    return site !== 'cross-site' || request.headers['sec-fetch-mode'] === 'navigate';
  }

  /** Cookies do not tell ports apart. */
  #cookieName(): string {
    return `katalog_${this.#options.port()}`;
  }
}

export function newToken(): string {
  return randomBytes(CODE_BYTES).toString('base64url');
}

export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] as string;
}

export function wantsPage(request: FastifyRequest): boolean {
  return (request.headers.accept ?? '').includes('text/html');
}

function sessionOf(token: string): string {
  return createHmac('sha256', token).update('katalog session').digest('base64url');
}

/** `Bearer TOKEN`, `ApiKey TOKEN` (or base64 of `id:TOKEN`), `Basic` with the token as password. */
function tokenOf(authorization: string): string {
  const [scheme = '', value = ''] = authorization.split(' ', 2);
  if (scheme.toLowerCase() === 'bearer') return value;
  const plain = Buffer.from(value, 'base64').toString('utf8');
  const second = plain.slice(plain.indexOf(':') + 1);
  return scheme.toLowerCase() === 'apikey' && !plain.includes(':') ? value : second;
}

function cookieOf(header: string | undefined, name: string): string {
  for (const part of (header ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name) return value ?? '';
  }
  return '';
}

function equal(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(left as Buffer, right as Buffer);
}
