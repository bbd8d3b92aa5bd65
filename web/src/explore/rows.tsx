// The records, newest first: a window of some thousand rows, virtualised; the histogram is the long-distance scroller.
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { Row } from '../../../src/api/contract.ts';
import { cellText, recordLevel, shortId } from '../data/columns.ts';
import { LevelMark } from '../ui/levels.tsx';
import { usePreferences } from '../ui/preferences.ts';
import { clockText, dayText, durationText, fullText, millis } from '../ui/time.ts';

interface RowsProps {
  readonly records: readonly Row[];
  readonly columns: readonly string[];
  readonly selected: string | undefined;
  readonly marked: ReadonlySet<string>;
  readonly hasMore: boolean;
  onSelect(record: Row): void;
  onMore(): void;
}

const ROW_PX = 24;
/** Rows before the end at which the next page is asked for. */
const AHEAD = 60;
/** A silence this long between two rows is shown in colour. */
const LONG_GAP_MS = 1000;

export function Rows({ records, columns, selected, marked, hasMore, onSelect, onMore }: RowsProps) {
  const { zone, wrap } = usePreferences();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: records.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 20,
    getItemKey: (index) => records[index]?.id ?? index,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= records.length - AHEAD) onMore();
  }, [hasMore, last, records.length, onMore]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the selection moves; records come while somebody scrolls
  useEffect(() => {
    const at = records.findIndex(({ id }) => id === selected);
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' });
  }, [selected]);

  return (
    <div ref={scroller} className="rows" data-wrap={wrap || undefined}>
      {/* biome-ignore lint/a11y/useSemanticElements: a virtualised table cannot be a <table> */}
      <div
        role="grid"
        aria-label="Records"
        aria-rowcount={hasMore ? -1 : records.length + 1}
        aria-colcount={columns.length + 2}
        style={{ height: virtual.getTotalSize() + ROW_PX, position: 'relative' }}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        <div role="row" className="row head" aria-rowindex={1} tabIndex={-1}>
          <HeadCell className="col-time">time</HeadCell>
          <HeadCell className="col-delta">Δ</HeadCell>
          {columns.map((column) => (
            <HeadCell key={column} className={cellClass(column)}>
              {column}
            </HeadCell>
          ))}
        </div>
        {items.map(({ index, key, start }) => {
          const record = records[index] as Row;
          const older = records[index + 1];
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
              style={{ transform: `translateY(${start + ROW_PX}px)` }}
              onClick={() => onSelect(record)}
              onKeyDown={(event) => event.key === 'Enter' && onSelect(record)}
            >
              <Cell className="col-time" title={fullText(record.time, zone)}>
                <span className="day">{dayText(record.time, zone).slice(5)}</span> {clockText(record.time, zone)}
              </Cell>
              <Delta newer={record} older={older} />
              {columns.map((column) => (
                <Cell key={column} className={cellClass(column)}>
                  <CellText record={record} column={column} />
                </Cell>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function cellClass(column: string): string {
  return ['level', 'component', 'sandbox', 'message', 'tag'].includes(column) ? `col-${column}` : 'col-field';
}

interface CellProps {
  readonly className: string;
  readonly title?: string;
  readonly children: React.ReactNode;
}

function Cell({ className, title, children }: CellProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a virtualised table cannot be a <table>
    <div role="gridcell" tabIndex={-1} className={`cell ${className}`} title={title}>
      {children}
    </div>
  );
}

function HeadCell({ className, children }: CellProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a virtualised table cannot be a <table>
    <div role="columnheader" tabIndex={-1} className={`cell ${className}`}>
      {children}
    </div>
  );
}

function CellText({ record, column }: { readonly record: Row; readonly column: string }) {
  const text = cellText(record, column);
  if (column === 'level') return <LevelMark level={recordLevel(record)} />;
  if (column !== 'message') return <>{shortId(text)}</>;
  const isRepaired = record.fields['kata.repairs'] !== undefined;
  return (
    <>
      {isRepaired && <span className="chip">repaired</span>}
      {text}
    </>
  );
}

function Delta({ newer, older }: { readonly newer: Row; readonly older: Row | undefined }) {
  if (!older) return <Cell className="col-delta">{''}</Cell>;
  const ms = millis(newer.time) - millis(older.time);
  return (
    <Cell className={`col-delta${Math.abs(ms) >= LONG_GAP_MS ? ' long' : ''}`}>{ms === 0 ? '' : durationText(ms)}</Cell>
  );
}
