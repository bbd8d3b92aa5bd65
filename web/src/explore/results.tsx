// What was found: histogram, tools, rows, one record.
import { useCallback, useMemo, useRef, useState } from 'react';
import type { Row } from '../../../src/api/contract.ts';
import { type Scope, useHistogram, useRecord, useRecords } from '../data/queries.ts';
import type { ExploreParams } from '../data/search-params.ts';
import { bucketsOf } from './buckets.ts';
import { ContextView } from './context-view.tsx';
import { Histogram } from './histogram.tsx';
import { useLiveTail } from './live-tail.ts';
import { Outcome } from './outcome.tsx';
import { RecordPanel } from './record-panel.tsx';
import { Rows, type RowWindow } from './rows.tsx';
import { Toolbar } from './toolbar.tsx';
import { useExploreKeys } from './use-explore-keys.ts';

const NO_ROWS: readonly Row[] = [];

interface ResultsProps {
  readonly scope: Scope;
  readonly params: ExploreParams;
  readonly columns: readonly string[];
  onCondition(condition: string): void;
  onColumn(field: string): void;
  change(changed: { readonly [K in keyof ExploreParams]?: ExploreParams[K] | undefined }, replace?: boolean): void;
}

export function Results({ scope, params, columns, onCondition, onColumn, change }: ResultsProps) {
  const isLive = params.tail === true;
  const split = useRef<HTMLDivElement>(null);
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [around, setAround] = useState<Row>();
  const histogram = useHistogram(scope);
  const [isAtTop, setAtTop] = useState(true);
  const { rows, window, selected, search, tail } = useFound(scope, params, !isAtTop);
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
        onNewest={() => split.current?.querySelector('.rows')?.scrollTo({ top: 0 })}
        damaged={search.data?.pages[0]?.damaged ?? []}
        onColumn={onColumn}
      />
      <div className="split" ref={split}>
        <Outcome
          scope={scope}
          isLoading={search.isLoading}
          error={search.error}
          isEmpty={rows.length === 0}
          isLive={isLive}
        />
        {rows.length > 0 && (
          <Rows
            window={window}
            columns={columns}
            selected={params.rec}
            marked={marked}
            onSelect={open}
            onTop={isLive ? setAtTop : undefined}
          />
        )}
        {selected && <RecordPanel record={selected} {...panel} />}
      </div>
      {around && <ContextView record={around} onOpen={open} onClose={() => setAround(undefined)} />}
    </section>
  );
}

/** The records to show, found or live, the one that is open, and how more of them come. */
function useFound(scope: Scope, { rec, tail: isLive = false }: ExploreParams, isHeld: boolean) {
  const search = useRecords(scope);
  const tail = useLiveTail(scope.query, isLive, isHeld);
  const found = useMemo(() => search.data?.pages.flatMap((page) => page.rows) ?? NO_ROWS, [search.data]);
  const rows = isLive ? tail.rows : found;
  const inList = rows.find(({ id }) => id === rec);
  const lookedUp = useRecord(inList ? undefined : rec);
  const { hasNextPage, hasPreviousPage, isFetching, fetchNextPage, fetchPreviousPage } = search;
  const onOlder = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const onNewer = useCallback(() => {
    if (hasPreviousPage && !isFetching) void fetchPreviousPage();
  }, [hasPreviousPage, isFetching, fetchPreviousPage]);
  const base = isLive ? 0 : (search.data?.pages[0]?.at ?? 0);
  const window: RowWindow = { records: rows, base, hasOlder: !isLive && hasNextPage, onOlder, onNewer };
  return { search, tail, rows, window, selected: inList ?? lookedUp.data?.row };
}

/** The range moved by half its length. */
function shifted({ from, to }: { readonly from: string; readonly to: string }, direction: 1 | -1): ExploreParams {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  const step = ((toMs - fromMs) / 2) * direction;
  return { from: new Date(fromMs + step).toISOString(), to: new Date(toMs + step).toISOString() };
}
