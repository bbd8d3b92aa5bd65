// The records around one: of everything, or of the same sandbox, host or source.
import { useState } from 'react';
import type { Row } from '../../../src/api/contract.ts';
import { recordSandbox } from '../data/columns.ts';
import { useContext } from '../data/queries.ts';
import { fieldIs } from '../data/query-text.ts';
import { Dialog } from '../ui/dialog.tsx';
import { RecordList } from './record-list.tsx';

interface ContextViewProps {
  readonly record: Row;
  onOpen(record: Row): void;
  onClose(): void;
}

const STEP = 20;

/** What the neighbours may share with the record, and the condition that asks for it. */
function scopesOf(record: Row): readonly (readonly [string, string])[] {
  const sandbox = recordSandbox(record);
  const same = (name: string, field: string): (readonly [string, string])[] => {
    const value = record.fields[field];
    return value === undefined || value === null ? [] : [[name, fieldIs(field, value)] as const];
  };
  return [
    ['everything', ''],
    ...(sandbox === undefined ? [] : [['same sandbox', fieldIs('sandbox', sandbox)] as const]),
    ...same('same host', '_HOSTNAME'),
    ...same('same tag', 'tag'),
    ...same('same component', 'kata.component'),
  ];
}

export function ContextView({ record, onOpen, onClose }: ContextViewProps) {
  const scopes = scopesOf(record);
  const [query, setQuery] = useState(scopes[0]?.[1] ?? '');
  const [rows, setRows] = useState(STEP);
  const { data, isError } = useContext(record.cursor, query, rows);
  return (
    <Dialog title="Around this record" onClose={onClose}>
      <div className="context-scopes" role="toolbar" aria-label="Records of">
        {scopes.map(([name, condition]) => (
          <button
            key={name}
            type="button"
            className="button small"
            aria-pressed={query === condition}
            onClick={() => setQuery(condition)}
          >
            {name}
          </button>
        ))}
        <span className="spacer" />
        <button type="button" className="button small" onClick={() => setRows(Math.min(rows + STEP * 2, 500))}>
          more
        </button>
      </div>
      {isError && <p className="notice error">The records around this one cannot be read.</p>}
      {data && <RecordList rows={data.rows} current={record.id} onOpen={onOpen} />}
    </Dialog>
  );
}
