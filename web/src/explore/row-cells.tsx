// The cells of one row.
import type { ReactNode } from 'react';
import type { Row } from '../../../src/api/contract.ts';
import { cellText, recordLevel, recordSandbox, shortId } from '../data/columns.ts';
import { LevelMark } from '../ui/levels.tsx';
import { clockText, dayText, durationText, fullText, millis, type Zone } from '../ui/time.ts';

/** A silence this long between two rows is shown in colour. */
const LONG_GAP_MS = 1000;

interface RowCellsProps {
  readonly record: Row;
  readonly older: Row | undefined;
  readonly columns: readonly string[];
  readonly zone: Zone;
  /** First record of each sandbox, in ms; undefined: Δ counts from the record before. */
  readonly starts: ReadonlyMap<string, number> | undefined;
}

export function RowCells({ record, older, columns, zone, starts }: RowCellsProps) {
  return (
    <>
      <Cell className="col-time" title={fullText(record.time, zone)}>
        <span className="day">{dayText(record.time, zone).slice(5)}</span> {clockText(record.time, zone)}
      </Cell>
      {starts ? <SinceStart record={record} starts={starts} /> : <SincePrevious newer={record} older={older} />}
      {columns.map((column) => (
        <ColumnCell key={column} record={record} column={column} />
      ))}
    </>
  );
}

export function cellClass(column: string): string {
  return ['level', 'component', 'sandbox', 'message', 'tag'].includes(column) ? `col-${column}` : 'col-field';
}

interface CellProps {
  readonly className: string;
  readonly title?: string | undefined;
  readonly children?: ReactNode;
}

function Cell({ className, title, children }: CellProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a virtualised table cannot be a <table>
    <div role="gridcell" tabIndex={-1} className={`cell ${className}`} title={title}>
      {children}
    </div>
  );
}

export function HeadCell({ className, children }: CellProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a virtualised table cannot be a <table>
    <div role="columnheader" tabIndex={-1} className={`cell ${className}`}>
      {children}
    </div>
  );
}

function ColumnCell({ record, column }: { readonly record: Row; readonly column: string }) {
  const text = cellText(record, column);
  const className = cellClass(column);
  if (column === 'level') {
    return (
      <Cell className={className}>
        <LevelMark level={recordLevel(record)} />
      </Cell>
    );
  }
  if (column !== 'message') {
    const shown = shortId(text);
    return (
      <Cell className={className} title={shown === text ? undefined : text}>
        {shown}
      </Cell>
    );
  }
  const isRepaired = record.fields['kata.repairs'] !== undefined;
  return (
    <Cell className={className}>
      {isRepaired && <span className="chip">repaired</span>}
      {text}
    </Cell>
  );
}

function SincePrevious({ newer, older }: { readonly newer: Row; readonly older: Row | undefined }) {
  if (!older) return <Cell className="col-delta" />;
  const ms = millis(newer.time) - millis(older.time);
  return (
    <Cell className={`col-delta${Math.abs(ms) >= LONG_GAP_MS ? ' long' : ''}`}>{ms === 0 ? '' : durationText(ms)}</Cell>
  );
}

function SinceStart({ record, starts }: { readonly record: Row; readonly starts: ReadonlyMap<string, number> }) {
  const start = starts.get(recordSandbox(record) ?? '');
  if (start === undefined) return <Cell className="col-delta" />;
  return <Cell className="col-delta">{durationText(millis(record.time) - start)}</Cell>;
}
