// The schemas of a route as fastify takes them; also what the OpenAPI document says of it.
import type { TSchema } from 'typebox';
import { ApiError } from './contract.ts';

interface RouteOptions {
  readonly schema: {
    readonly summary: string;
    readonly querystring?: TSchema;
    readonly params?: TSchema;
    readonly response: { readonly [status: string]: TSchema };
  };
}

export function answering(
  summary: string,
  querystring: TSchema | undefined,
  answer: TSchema,
  params?: TSchema,
): RouteOptions {
  return {
    schema: {
      summary,
      ...(querystring && { querystring }),
      ...(params && { params }),
      response: { 200: answer, '4xx': ApiError, '5xx': ApiError },
    },
  };
}
