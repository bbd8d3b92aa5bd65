// What there is: the store, the sources of the import, saved searches, health.
import type { FastifyInstance } from 'fastify';
import { timeText } from '../formats/kql/time-bound.ts';
import { answering } from './answering.ts';
import { damageOf } from './answers.ts';
import type { ApiContext, Queries } from './context.ts';
import { AboutAnswer, HealthAnswer, SavedSearch, SearchesAnswer, SearchParams, SourcesAnswer } from './contract.ts';
import { RequestRefusal } from './refusal.ts';
import { SavedSearches } from './saved-searches.ts';

const PINNED_FIELDS = ['tag', 'kata.component', 'kata.level', 'SYSLOG_IDENTIFIER', 'PRIORITY', 'kata.sandbox'];

export function stateRoutes(app: FastifyInstance, context: ApiContext, queries: Queries): void {
  const { store, version, following } = context;
  app.get(
    '/api/about',
    answering('What is behind this page', undefined, AboutAnswer),
    async (request): Promise<AboutAnswer> => {
      const { location, records, bytes, first, last, damaged } = await queries.run(request, (signal) =>
        store.overview(signal),
      );
      return {
        version,
        backend: store.kind,
        location,
        records,
        bytes,
        first: first === undefined ? null : timeText(first),
        last: last === undefined ? null : timeText(last),
        damaged: damageOf(damaged),
        pinned_fields: PINNED_FIELDS,
        following,
      };
    },
  );
  app.get('/api/sources', answering('The sources of the import', undefined, SourcesAnswer), () => sourcesOf(context));
  app.get('/healthz', answering('Whether records are taken', undefined, HealthAnswer), (_request, reply) => {
    const answer = healthOf(sourcesOf(context));
    return reply.code(answer.status === 'ok' ? 200 : 503).send(answer);
  });
  searchRoutes(app, new SavedSearches(context.stateDirectory));
}

function healthOf({ stopped, troubles = [] }: SourcesAnswer): HealthAnswer {
  if (stopped !== undefined) return { status: 'stopped' };
  return troubles.length === 0 ? { status: 'ok' } : { status: 'unhealthy', troubles };
}

function sourcesOf({ sources, writer }: ApiContext): SourcesAnswer {
  const stopped = writer?.stopped;
  return { ...sources(), ...(stopped !== undefined && { stopped }) };
}

function searchRoutes(app: FastifyInstance, searches: SavedSearches): void {
  app.get('/api/searches', answering('Saved searches', undefined, SearchesAnswer), () => ({
    searches: searches.list(),
  }));
  app.put<{ Params: SearchParams; Body: SavedSearch }>(
    '/api/searches/:name',
    { schema: { summary: 'Saves a search', params: SearchParams, body: SavedSearch } },
    async (request, reply) => {
      if (request.body.name !== request.params.name) {
        throw new RequestRefusal(400, {
          code: 'api/name',
          message: 'the name in the address is not the one of the search',
        });
      }
      searches.put(request.body);
      await reply.code(204).send();
    },
  );
  app.delete<{ Params: SearchParams }>(
    '/api/searches/:name',
    { schema: { summary: 'Deletes a saved search', params: SearchParams } },
    async (request, reply) => {
      searches.delete(request.params.name);
      await reply.code(204).send();
    },
  );
}
