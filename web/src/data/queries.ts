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
/** Pages held at once: a window of some thousand rows that moves over however many there are. */
const PAGES_MAX = 25;
const STATUS_MS = 5000;
/** Until the rest of a list that comes in parts is asked for. */
const REST_MS = 200;
const BUCKETS = 90;

/** Where a page of records lies: `at` rows from the newest, behind one record or in front of one. */
interface PagePlace {
  readonly at: number;
  readonly cursor?: string;
  readonly isBefore?: boolean;
}

/** The newest records first; `at` of the first page held says how many newer ones were let go. */
export function useRecords(scope: Scope) {
  return useInfiniteQuery({
    queryKey: ['search', scope],
    enabled: isSound(scope),
    queryFn: ({ pageParam, signal }) => fetchPage(scope, pageParam, signal),
    initialPageParam: { at: 0 } as PagePlace,
    getNextPageParam: ({ next, rows, at }): PagePlace | undefined =>
      next === null ? undefined : { at: at + rows.length, cursor: next },
    getPreviousPageParam: ({ rows, at }): PagePlace | undefined =>
      at === 0 || !rows[0] ? undefined : { at: Math.max(0, at - PAGE_ROWS), cursor: rows[0].cursor, isBefore: true },
    maxPages: PAGES_MAX,
    placeholderData: keepPreviousData,
  });
}

export function useOldestRecords(scope: Scope) {
  return useQuery({
    queryKey: ['oldest', scope],
    queryFn: ({ signal }) => get<SearchAnswer>('search', { ...params(scope), limit: PAGE_ROWS, order: 'asc' }, signal),
  });
}

interface RecordsPage extends SearchAnswer {
  /** Row number of its first row, from the newest of all. */
  readonly at: number;
}

async function fetchPage(scope: Scope, { at, cursor, isBefore }: PagePlace, signal: AbortSignal): Promise<RecordsPage> {
  const asked = { ...params(scope), limit: PAGE_ROWS, after: cursor };
  if (!isBefore) return { ...(await get<SearchAnswer>('search', { ...asked, order: 'desc' }, signal)), at };
  const answer = await get<SearchAnswer>('search', { ...asked, order: 'asc' }, signal);
  const rows = answer.rows.toReversed();
  return { ...answer, at, rows, next: rows.at(-1)?.cursor ?? null };
}

export function useHistogram(scope: Scope) {
  return useQuery({
    queryKey: ['histogram', scope],
    enabled: isSound(scope),
    queryFn: ({ signal }) =>
      get<HistogramAnswer>('histogram', { ...params(scope), buckets: BUCKETS, by: 'level' }, signal),
    placeholderData: keepPreviousData,
  });
}

/** Whether records and bars, which everybody looks at first, are there: what else there is to count waits for them. */
export function useIsShown(scope: Scope): boolean {
  const records = useRecords(scope).isFetched;
  const bars = useHistogram(scope).isFetched;
  return records && bars;
}

export function useFacets(scope: Scope, field: string, limit: number, isWanted: boolean) {
  return useQuery({
    queryKey: ['facets', scope, field, limit],
    enabled: isWanted && isSound(scope),
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

export function useSandboxes({ from, to }: Pick<Scope, 'from' | 'to'>, enabled = true) {
  return useQuery({
    queryKey: ['sandboxes', from, to],
    enabled,
    queryFn: ({ signal }) => get<SandboxesAnswer>('sandboxes', { from, to }, signal),
    refetchInterval: ({ state: { data } }) => (data && data.pending > 0 ? REST_MS : false),
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
