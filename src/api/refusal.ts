// How every refusal is told, and what becomes of anything that was thrown.
import type { FastifyReply } from 'fastify';
import { EnvironmentError, failureText } from '../core/failure.ts';
import type { ApiError } from './contract.ts';

/** A request that cannot be answered as it stands. */
export class RequestRefusal extends Error {
  readonly status: number;
  readonly detail: ApiError['error'];
  constructor(status: number, detail: ApiError['error']) {
    super(detail.message);
    this.name = 'RequestRefusal';
    this.status = status;
    this.detail = detail;
  }
}

export async function refuse(
  reply: FastifyReply,
  status: number,
  code: string,
  message: string,
  hint?: string,
): Promise<void> {
  const body: ApiError = { error: { code, message, ...(hint !== undefined && { hint }) } };
  await reply.code(status).type('application/json').send(JSON.stringify(body));
}

/** The answer to anything thrown by a route. A bug is told as one, without its text: that is for the log. */
export function refusalOf(thrown: unknown): RequestRefusal {
  if (thrown instanceof RequestRefusal) return thrown;
  if (thrown instanceof EnvironmentError)
    return new RequestRefusal(statusOf(thrown.code), { code: thrown.code, message: failureText(thrown) });
  if (thrown instanceof DOMException && thrown.name === 'TimeoutError') {
    return new RequestRefusal(503, {
      code: 'api/timeout',
      message: 'the query took too long',
      hint: 'ask for a shorter range of time',
    });
  }
  const { statusCode, message } = thrown as { readonly statusCode?: unknown; readonly message?: unknown };
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new RequestRefusal(statusCode, { code: 'api/bad-request', message: String(message) });
  }
  return new RequestRefusal(500, { code: 'api/bug', message: 'this is a bug: see the log of katalog' });
}

function statusOf(code: string): number {
  if (code === 'search/query') return 400;
  return code === 'store/missing' ? 404 : 503;
}
