// What the page asks the server: one hook a question. A superseded question is cancelled.
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type {
  AboutAnswer,
  ContextAnswer,
  FacetsAnswer,
  FieldsAnswer,
  HistogramAnswer,
  ProblemsAnswer,
  RecordAnswer,
  SandboxAnswer,
  SandboxesAnswer,
  SearchAnswer,
  SearchesAnswer,
  SourcesAnswer,
  StatsAnswer,
} from '../../../src/api/contract.ts';
import { parseQuery } from '../../../src/formats/kql/parse.ts';
import { get } from './api.ts';

/** Which records: a query, and a time range, half open. */
export interface Scope {
  readonly query: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** A query that is wrong is told at once; the server need not say it again. */
function isSound({ query }: Scope): boolean {
  return parseQuery(query).ok;
}

function params({ query, from, to }: Scope): { readonly [name: string]: string | undefined } {
  return { query, from, to };
}

const PAGE_ROWS = 200;
const STATUS_MS = 5000;

export function useRecords(scope: Scope, order: 'asc' | 'desc' = 'desc') {
  return useInfiniteQuery({
    queryKey: ['search', scope, order],
    enabled: isSound(scope),
    queryFn: ({ pageParam, signal }) =>
      get<SearchAnswer>('search', { ...params(scope), limit: PAGE_ROWS, order, after: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
  });
}

export function useHistogram(scope: Scope, buckets: number) {
  return useQuery({
    queryKey: ['histogram', scope, buckets],
    enabled: isSound(scope),
    queryFn: ({ signal }) => get<HistogramAnswer>('histogram', { ...params(scope), buckets, by: 'level' }, signal),
    placeholderData: keepPreviousData,
  });
}

export function useFacets(scope: Scope, field: string, limit: number) {
  return useQuery({
    queryKey: ['facets', scope, field, limit],
    enabled: isSound(scope),
    queryFn: ({ signal }) => get<FacetsAnswer>('facets', { ...params(scope), fields: field, limit }, signal),
    placeholderData: keepPreviousData,
    select: ({ facets }) => facets[0],
  });
}

export function useFieldStats(scope: Scope, field: string) {
  return useQuery({
    queryKey: ['stats', scope, field],
    enabled: isSound(scope),
    queryFn: ({ signal }) => get<StatsAnswer>('stats', { ...params(scope), field }, signal),
  });
}

export function useFields({ from, to }: Pick<Scope, 'from' | 'to'>) {
  return useQuery({
    queryKey: ['fields', from, to],
    queryFn: ({ signal }) => get<FieldsAnswer>('fields', { from, to }, signal),
    placeholderData: keepPreviousData,
  });
}

export function useRecord(id: string | undefined) {
  return useQuery({
    queryKey: ['record', id],
    queryFn: ({ signal }) => get<RecordAnswer>('record', { id }, signal),
    enabled: id !== undefined,
  });
}

/** Records around one; `query` narrows them to one sandbox, host or source. */
export function useContext(cursor: string, query: string, rows: number) {
  return useQuery({
    queryKey: ['context', cursor, query, rows],
    queryFn: ({ signal }) => get<ContextAnswer>('context', { cursor, query, before: rows, after: rows }, signal),
    placeholderData: keepPreviousData,
  });
}

export function useSandboxes({ from, to }: Pick<Scope, 'from' | 'to'>) {
  return useQuery({
    queryKey: ['sandboxes', from, to],
    queryFn: ({ signal }) => get<SandboxesAnswer>('sandboxes', { from, to }, signal),
    placeholderData: keepPreviousData,
  });
}

export function useSandbox(id: string) {
  return useQuery({
    queryKey: ['sandbox', id],
    queryFn: ({ signal }) => get<SandboxAnswer>(`sandboxes/${encodeURIComponent(id)}`, {}, signal),
    select: ({ sandbox }) => sandbox,
  });
}

export function useProblems({ from, to }: Pick<Scope, 'from' | 'to'>) {
  return useQuery({
    queryKey: ['problems', from, to],
    queryFn: ({ signal }) => get<ProblemsAnswer>('problems', { from, to }, signal),
    placeholderData: keepPreviousData,
  });
}

export function useAbout() {
  return useQuery({
    queryKey: ['about'],
    queryFn: ({ signal }) => get<AboutAnswer>('about', {}, signal),
    refetchInterval: STATUS_MS,
  });
}

export function useSources() {
  return useQuery({
    queryKey: ['sources'],
    queryFn: ({ signal }) => get<SourcesAnswer>('sources', {}, signal),
    refetchInterval: STATUS_MS,
  });
}

export function useSearches() {
  return useQuery({
    queryKey: ['searches'],
    queryFn: ({ signal }) => get<SearchesAnswer>('searches', {}, signal),
  });
}
