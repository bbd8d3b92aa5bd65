// The page: files of dist/web as they are, and its index for every address that is a place in the page.
import * as fs from 'node:fs';
import * as path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pathOf, wantsPage } from './guard.ts';
import { refuse } from './refusal.ts';

/** No inline script, nothing from elsewhere, never in a frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Files under /assets have a hash of their content in their name: the browser keeps them, and what it compiled of them. */
const KEPT = 'private, max-age=31536000, immutable';

/** On every answer; to be called before any route is added. */
export function secureHeaders(app: FastifyInstance): void {
  app.addHook('onSend', async (_request, reply, payload) => {
    reply.header('content-security-policy', POLICY);
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
    reply.header('cross-origin-opener-policy', 'same-origin');
    reply.header('cross-origin-resource-policy', 'same-origin');
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    return Promise.resolve(payload);
  });
}

export async function pageRoutes(app: FastifyInstance, directory: string | undefined): Promise<void> {
  const isBuilt = directory !== undefined && fs.existsSync(path.join(directory, 'index.html'));
  if (isBuilt) {
    await app.register(fastifyStatic, {
      root: directory,
      index: false,
      wildcard: true,
      prefix: '/',
      schemaHide: true,
      cacheControl: false,
      setHeaders: (reply, file) => {
        if (path.basename(path.dirname(file)) === 'assets') reply.header('cache-control', KEPT);
      },
    });
  }
  app.setNotFoundHandler(async (request, reply) => {
    if (isBuilt && isPlaceInPage(request)) return reply.type('text/html').sendFile('index.html');
    return notFound(request, reply);
  });
}

function isPlaceInPage(request: FastifyRequest): boolean {
  return request.method === 'GET' && wantsPage(request) && !pathOf(request).startsWith('/api/');
}

async function notFound(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  await refuse(reply, 404, 'api/no-route', `there is nothing at ${request.method} ${pathOf(request).slice(0, 200)}`);
}
