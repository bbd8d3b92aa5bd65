// The records, newest first: a window of some thousand rows, virtualised; the histogram is the long-distance scroller.
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import type { Row } from '../../../src/api/contract.ts';
import { recordLevel } from '../data/columns.ts';
import { useSandboxes } from '../data/queries.ts';
import { setPreference, usePreferences } from '../ui/preferences.ts';
import { millis } from '../ui/time.ts';
import { cellClass, HeadCell, RowCells } from './row-cells.tsx';

/** What is held of all rows, and how the window moves. */
export interface RowWindow {
  readonly records: readonly Row[];
  /** Newer rows that were let go: the first record is row number `base`. */
  readonly base: number;
  readonly hasOlder: boolean;
  onOlder(): void;
  onNewer(): void;
}

interface RowsProps {
  readonly window: RowWindow;
  readonly columns: readonly string[];
  readonly selected: string | undefined;
  readonly marked: ReadonlySet<string>;
  onSelect(record: Row): void;
  /** Whether the newest row is in sight. */
  onTop?: ((isAtTop: boolean) => void) | undefined;
}

const ROW_PX = { dense: 24, roomy: 32 } as const;
/** Rows before an end of the window at which the next page is asked for. */
const AHEAD = 60;

export function Rows({ window, columns, selected, marked, onSelect, onTop }: RowsProps) {
  const { zone, wrap, density, since } = usePreferences();
  const { records, base } = window;
  const height = ROW_PX[density];
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: base + records.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 20,
    getItemKey: (index) => records[index - base]?.id ?? index,
  });
  useWindowMoves(virtual, window);
  useScrollToSelected(virtual, window, selected);
  const starts = useSandboxStarts(since === 'sandbox');
  const row = { columns, zone, starts };
  return (
    <div
      ref={scroller}
      className="rows"
      data-wrap={wrap || undefined}
      data-density={density}
      onScroll={({ currentTarget }) => onTop?.(currentTarget.scrollTop < height)}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a virtualised table cannot be a <table> */}
      <div
        role="grid"
        aria-label="Records"
        aria-rowcount={window.hasOlder ? -1 : base + records.length + 1}
        aria-colcount={columns.length + 2}
        style={{ height: virtual.getTotalSize() + height, position: 'relative' }}
      >
        <Head columns={columns} since={since} />
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const record = records[index - base];
          if (!record) return null;
          return (
            // biome-ignore lint/a11y/useSemanticElements: as above
            <div
              key={key}
              ref={wrap ? virtual.measureElement : undefined}
              data-index={index}
              data-id={record.id}
              role="row"
              tabIndex={-1}
              aria-rowindex={index + 2}
              aria-selected={record.id === selected}
              className={`row level-${recordLevel(record)}${marked.has(record.id) ? ' marked' : ''}`}
              style={{ transform: `translateY(${start + height}px)` }}
              onClick={() => onSelect(record)}
              onKeyDown={(event) => event.key === 'Enter' && onSelect(record)}
            >
              <RowCells record={record} older={records[index - base + 1]} {...row} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Head({ columns, since }: { readonly columns: readonly string[]; readonly since: 'previous' | 'sandbox' }) {
  const other = since === 'previous' ? 'sandbox' : 'previous';
  const title =
    since === 'previous'
      ? 'Since the record before. Change to: since the start of the sandbox'
      : 'Since the start of the sandbox. Change to: since the record before';
  return (
    // biome-ignore lint/a11y/useSemanticElements: a virtualised table cannot be a <table>
    <div role="row" className="row head" aria-rowindex={1} tabIndex={-1}>
      <HeadCell className="col-time">time</HeadCell>
      <HeadCell className="col-delta">
        <button type="button" title={title} aria-label={title} onClick={() => setPreference('since', other)}>
          {since === 'previous' ? 'Δ' : 'Δ start'}
        </button>
      </HeadCell>
      {columns.map((column) => (
        <HeadCell key={column} className={cellClass(column)}>
          {column}
        </HeadCell>
      ))}
    </div>
  );
}

/** Asks for more rows where an end of the window comes into sight. */
function useWindowMoves(virtual: Virtualizer<HTMLDivElement, Element>, window: RowWindow): void {
  const { base, records, hasOlder, onOlder, onNewer } = window;
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? base;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (base > 0 && first < base + AHEAD) onNewer();
    else if (hasOlder && last >= base + records.length - AHEAD) onOlder();
  }, [base, first, last, hasOlder, records.length, onOlder, onNewer]);
}

function useScrollToSelected(
  virtual: Virtualizer<HTMLDivElement, Element>,
  { records, base }: RowWindow,
  selected: string | undefined,
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the selection moves; records come while somebody scrolls
  useEffect(() => {
    const at = records.findIndex(({ id }) => id === selected);
    if (at >= 0) virtual.scrollToIndex(base + at, { align: 'auto' });
  }, [selected]);
}

function useSandboxStarts(isWanted: boolean): ReadonlyMap<string, number> | undefined {
  const { data } = useSandboxes({ from: undefined, to: undefined }, isWanted);
  return useMemo(
    () => (isWanted && data ? new Map(data.sandboxes.map(({ id, first }) => [id, millis(first)])) : undefined),
    [isWanted, data],
  );
}
