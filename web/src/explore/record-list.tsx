// A short plain list of records, oldest first.
import type { Row } from '../../../src/api/contract.ts';
import { cellText, recordLevel, recordMessage, shortId } from '../data/columns.ts';
import { LevelMark } from '../ui/levels.tsx';
import { usePreferences } from '../ui/preferences.ts';
import { clockText } from '../ui/time.ts';

interface RecordListProps {
  readonly rows: readonly Row[];
  readonly current?: string;
  onOpen(record: Row): void;
}

export function RecordList({ rows, current, onOpen }: RecordListProps) {
  const { zone } = usePreferences();
  return (
    <ol className="record-list">
      {rows.map((row) => (
        <li key={row.id} aria-current={row.id === current || undefined} className={`level-${recordLevel(row)}`}>
          <button type="button" onClick={() => onOpen(row)}>
            <span className="mono time">{clockText(row.time, zone)}</span>
            <LevelMark level={recordLevel(row)} />
            <span className="muted">{cellText(row, 'component')}</span>
            <span className="muted mono">{shortId(cellText(row, 'sandbox'))}</span>
            <span className="mono text">{recordMessage(row)}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}
