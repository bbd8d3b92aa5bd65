// The page for looking: query, time, histogram, fields, records, one record.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import type { Row } from '../../../src/api/contract.ts';
import { RequestError } from '../data/api.ts';
import { columnsOf, USUAL_COLUMNS } from '../data/columns.ts';
import { type Scope, useFields, useHistogram, useRecord, useRecords } from '../data/queries.ts';
import { hasCondition, withCondition, withoutCondition } from '../data/query-text.ts';
import type { ExploreParams } from '../data/search-params.ts';
import { absolute } from '../ui/time.ts';
import { bucketsOf } from './buckets.ts';
import { ContextView } from './context-view.tsx';
import { Facets } from './facets.tsx';
import { Histogram } from './histogram.tsx';
import { useLiveTail } from './live-tail.ts';
import { QueryBar } from './query-bar.tsx';
import { RecordPanel } from './record-panel.tsx';
import { Rows } from './rows.tsx';
import { SearchMenu } from './search-menu.tsx';
import { TimeRange } from './time-range.tsx';
import { Toolbar } from './toolbar.tsx';
import { useExploreKeys } from './use-explore-keys.ts';

const BUCKETS = 90;
const NO_ROWS: readonly Row[] = [];

/** The scope with absolute times, so that all parts of the page ask for the same records. */
function useScope({ q = '', from, to }: ExploreParams): Scope {
  return useMemo(() => {
    const nowMs = Date.now();
    return {
      query: q,
      from: from === undefined ? undefined : absolute(from, nowMs),
      to: to === undefined ? undefined : absolute(to, nowMs),
    };
  }, [q, from, to]);
}

export function ExplorePage() {
  const params = useSearch({ from: '/' });
  const navigate = useNavigate({ from: '/' });
  const scope = useScope(params);
  const change = useCallback(
    (changed: { readonly [K in keyof ExploreParams]?: ExploreParams[K] | undefined }, replace = false) => {
      void navigate({ search: (before) => ({ ...before, ...changed }) as ExploreParams, replace });
    },
    [navigate],
  );
  const query = params.q ?? '';
  const onCondition = (condition: string): void => {
    const next = hasCondition(query, condition) ? withoutCondition(query, condition) : withCondition(query, condition);
    change({ q: next === '' ? undefined : next });
  };
  const columns = columnsOf(params.cols);
  const onColumn = (field: string): void => {
    const next = columns.includes(field)
      ? columns.filter((name) => name !== field)
      : [...columns.slice(0, -1), field, ...columns.slice(-1)];
    const isUsual = next.join() === USUAL_COLUMNS.join();
    change({ cols: isUsual || next.length === 0 ? undefined : next.join() });
  };
  const fields = useFields(scope);
  return (
    <main className="explore">
      <h1 className="visually-hidden">Explore</h1>
      <div className="explore-top">
        <QueryBarWithAnswers scope={scope} query={query} onQuery={(q) => change({ q: q === '' ? undefined : q })} />
        <TimeRange from={params.from} to={params.to} onChange={(from, to) => change({ from, to })} />
        <button
          type="button"
          className="button"
          aria-pressed={params.tail === true}
          onClick={() => change({ tail: params.tail ? undefined : true })}
        >
          ▶ live
        </button>
        <SearchMenu params={params} onOpen={(opened) => change({ ...EMPTY, ...opened })} />
      </div>
      <Facets scope={scope} fields={fields.data?.fields ?? []} onCondition={onCondition} onColumn={onColumn} />
      <Results
        scope={scope}
        params={params}
        columns={columns}
        onCondition={onCondition}
        onColumn={onColumn}
        change={change}
      />
    </main>
  );
}

const EMPTY = { q: undefined, from: undefined, to: undefined, cols: undefined, rec: undefined, tail: undefined };

function QueryBarWithAnswers({
  scope,
  query,
  onQuery,
}: {
  readonly scope: Scope;
  readonly query: string;
  onQuery(query: string): void;
}) {
  const { error } = useHistogram(scope, BUCKETS);
  const refused = error instanceof RequestError ? (error.detail.at ?? []) : [];
  return <QueryBar query={query} refused={refused} onQuery={onQuery} />;
}

interface ResultsProps {
  readonly scope: Scope;
  readonly params: ExploreParams;
  readonly columns: readonly string[];
  onCondition(condition: string): void;
  onColumn(field: string): void;
  change(changed: { readonly [K in keyof ExploreParams]?: ExploreParams[K] | undefined }, replace?: boolean): void;
}

function Results({ scope, params, columns, onCondition, onColumn, change }: ResultsProps) {
  const isLive = params.tail === true;
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [around, setAround] = useState<Row>();
  const histogram = useHistogram(scope, BUCKETS);
  const found = useFound(scope, params);
  const { rows, selected, search, tail } = found;
  const buckets = useMemo(() => (histogram.data ? bucketsOf(histogram.data) : []), [histogram.data]);
  const open = (record: Row | undefined): void => change({ rec: record?.id }, true);
  useExploreKeys({
    rows,
    selected,
    marked,
    setMarked,
    open,
    onCondition,
    showAround: setAround,
    toggleLive: () => change({ tail: isLive ? undefined : true }),
    shiftTime: (direction) => histogram.data && change(shifted(histogram.data, direction)),
  });
  const panel = { onCondition, onColumn, onContext: () => setAround(selected), onClose: () => open(undefined) };
  return (
    <section className="results" aria-label="Results" data-panel={selected !== undefined || undefined}>
      <Histogram
        buckets={buckets}
        intervalMs={histogram.data?.interval_ms ?? 0}
        isStale={histogram.isPlaceholderData}
        onZoom={(from, to) => change({ from, to, tail: undefined })}
      />
      <Toolbar
        scope={scope}
        columns={columns}
        total={isLive ? rows.length : histogram.data?.total}
        tookMs={search.data?.pages[0]?.took_ms}
        live={isLive ? tail : undefined}
        damaged={search.data?.pages[0]?.damaged ?? []}
        onColumn={onColumn}
      />
      <div className="split">
        <Outcome isLoading={search.isLoading} error={search.error} isEmpty={rows.length === 0} isLive={isLive} />
        {rows.length > 0 && (
          <Rows
            records={rows}
            columns={columns}
            selected={params.rec}
            marked={marked}
            onSelect={open}
            {...found.paging}
          />
        )}
        {selected && <RecordPanel record={selected} {...panel} />}
      </div>
      {around && <ContextView record={around} onOpen={open} onClose={() => setAround(undefined)} />}
    </section>
  );
}

/** The records to show, found or live, the one that is open, and how more of them come. */
function useFound(scope: Scope, { rec, tail: isLive = false }: ExploreParams) {
  const search = useRecords(scope);
  const tail = useLiveTail(scope.query, isLive);
  const found = useMemo(() => search.data?.pages.flatMap((page) => page.rows) ?? NO_ROWS, [search.data]);
  const rows = isLive ? tail.rows : found;
  const inList = rows.find(({ id }) => id === rec);
  const lookedUp = useRecord(inList ? undefined : rec);
  const onMore = useCallback(() => {
    if (search.hasNextPage && !search.isFetching) void search.fetchNextPage();
  }, [search.hasNextPage, search.isFetching, search.fetchNextPage]);
  const paging = { hasMore: !isLive && search.hasNextPage, onMore };
  return { search, tail, rows, selected: inList ?? lookedUp.data?.row, paging };
}

/** The range moved by half its length. */
function shifted({ from, to }: { readonly from: string; readonly to: string }, direction: 1 | -1): ExploreParams {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  const step = ((toMs - fromMs) / 2) * direction;
  return { from: new Date(fromMs + step).toISOString(), to: new Date(toMs + step).toISOString() };
}

interface OutcomeProps {
  readonly isLoading: boolean;
  readonly error: Error | null;
  readonly isEmpty: boolean;
  readonly isLive: boolean;
}

function Outcome({ isLoading, error, isEmpty, isLive }: OutcomeProps) {
  if (error) {
    const hint = error instanceof RequestError ? error.detail.hint : undefined;
    return (
      <div className="notice error" role="alert">
        <p>{error.message}</p>
        {hint && <p className="muted">{hint}</p>}
      </div>
    );
  }
  if (isLoading) return <p className="empty">looking…</p>;
  if (!isEmpty) return null;
  if (isLive) return <p className="empty">Waiting for the next record that fits.</p>;
  return (
    <div className="empty">
      <p>No record fits.</p>
      <p className="muted">Take a condition out of the query, or choose a wider time range.</p>
    </div>
  );
}
