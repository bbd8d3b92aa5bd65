// The only place that talks to the server.
import type { ApiError } from '../../../src/api/contract.ts';

/** A refusal of the server, with what it said about it. */
export class RequestError extends Error {
  readonly status: number;
  readonly detail: ApiError['error'];
  constructor(status: number, detail: ApiError['error']) {
    super(detail.message);
    this.name = 'RequestError';
    this.status = status;
    this.detail = detail;
  }
}

type Value = string | number | boolean | undefined;

/** The address of a route with the parameters that are given. */
export function addressOf(route: string, params: { readonly [name: string]: Value } = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? `/api/${route}` : `/api/${route}?${text}`;
}

/** @throws {RequestError} when the server refuses. */
export async function get<T>(
  route: string,
  params: { readonly [name: string]: Value } = {},
  signal?: AbortSignal,
): Promise<T> {
  return answered<T>(await fetch(addressOf(route, params), { ...(signal && { signal }) }));
}

/** @throws {RequestError} when the server refuses. */
export async function send(method: 'PUT' | 'DELETE', route: string, body?: unknown): Promise<void> {
  await answered(
    await fetch(`/api/${route}`, {
      method,
      // A page of another origin cannot set this header without being asked about it first.
      headers: { 'x-katalog': '1', ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );
}

async function answered<T>(response: Response): Promise<T> {
  const text = await response.text();
  if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
  throw new RequestError(response.status, errorOf(response, text));
}

function errorOf(response: Response, text: string): ApiError['error'] {
  try {
    const { error } = JSON.parse(text) as ApiError;
    if (typeof error.message === 'string') return error;
  } catch {
    // Not our server's form: what stands below is all that is known.
  }
  return { code: 'api/no-answer', message: `the server answered ${response.status} ${response.statusText}` };
}
