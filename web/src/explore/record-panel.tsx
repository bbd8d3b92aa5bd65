// One record, whole: as a table, as JSON, as it was written.
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Row, Scalar } from '../../../src/api/contract.ts';
import { recordLevel, recordMessage, recordSandbox, shortId } from '../data/columns.ts';
import { fieldIs } from '../data/query-text.ts';
import { LevelMark } from '../ui/levels.tsx';
import { usePreferences } from '../ui/preferences.ts';
import { fullText } from '../ui/time.ts';
import { RepairedText } from './repaired-text.tsx';

interface RecordPanelProps {
  readonly record: Row;
  onCondition(condition: string): void;
  onColumn(field: string): void;
  onContext(): void;
  onClose(): void;
}

const VIEWS = ['table', 'json', 'raw'] as const;
type View = (typeof VIEWS)[number];

export function RecordPanel(props: RecordPanelProps) {
  const { record } = props;
  const { zone } = usePreferences();
  const [view, setView] = useState<View>('table');
  const sandbox = recordSandbox(record);
  return (
    <section className="record-panel fade-in" aria-label="Record">
      <header>
        <LevelMark level={recordLevel(record)} />
        <span className="mono">{fullText(record.time, zone)}</span>
        <span className="spacer" />
        <button type="button" className="button plain small" onClick={props.onClose} aria-label="Close the record">
          ✕
        </button>
      </header>
      <Message text={recordMessage(record)} />
      <div className="actions">
        <button type="button" className="button small" onClick={props.onContext}>
          around it
        </button>
        {sandbox !== undefined && (
          <>
            <Link className="button small" to="/sandboxes/$id" params={{ id: sandbox }}>
              sandbox {shortId(sandbox)}
            </Link>
            <button
              type="button"
              className="button small"
              onClick={() => props.onCondition(fieldIs('kata.sandbox', sandbox))}
            >
              only this sandbox
            </button>
          </>
        )}
        <span className="spacer" />
        <div role="tablist" aria-label="How the record is shown" className="tabs">
          {VIEWS.map((name) => (
            <button
              key={name}
              type="button"
              role="tab"
              aria-selected={view === name}
              className="button plain small"
              onClick={() => setView(name)}
            >
              {name === 'json' ? 'JSON' : name}
            </button>
          ))}
        </div>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long record is scrolled by keys */}
      <div className="record-body" tabIndex={0} role="tabpanel" aria-label={view}>
        <RecordView view={view} {...props} />
      </div>
    </section>
  );
}

function RecordView({ view, record, onCondition, onColumn }: RecordPanelProps & { readonly view: View }) {
  if (view === 'json') {
    return <pre>{JSON.stringify({ '@timestamp': record.time, ...nested(record.fields) }, null, 2)}</pre>;
  }
  if (view === 'raw') return <RawView record={record} />;
  const groups = groupsOf(record);
  return (
    <>
      {groups.map(({ title, entries }) => (
        <FieldTable key={title} title={title} entries={entries} onCondition={onCondition} onColumn={onColumn} />
      ))}
    </>
  );
}

/** An error text or a QMP message often holds JSON or escaped lines: shown as what they mean. */
function Message({ text }: { readonly text: string }) {
  const lines = text.replace(/\\n/g, '\n').replace(/\\t/g, '\t');
  const json = /[{[].*[}\]]/s.exec(text)?.[0];
  const value = json === undefined ? undefined : parsed(json);
  return (
    <div className="message">
      <pre>{lines}</pre>
      {value !== undefined && (
        <details>
          <summary>the JSON in it</summary>
          <pre>{JSON.stringify(value, null, 2)}</pre>
        </details>
      )}
    </div>
  );
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    // No JSON after all.
    return undefined;
  }
}

interface Group {
  readonly title: string;
  readonly entries: readonly (readonly [string, Scalar])[];
}

/** What Katalog understood, what the record said, what wrapped it. */
function groupsOf({ fields }: Row): readonly Group[] {
  const entries = Object.entries(fields).sort(([a], [b]) => a.localeCompare(b));
  const isWrapper = (name: string): boolean => name.startsWith('wrapper.');
  const isKata = (name: string): boolean => name.startsWith('kata.');
  const groups: Group[] = [
    { title: 'understood', entries: entries.filter(([name]) => isKata(name)) },
    { title: 'record', entries: entries.filter(([name]) => !isKata(name) && !isWrapper(name)) },
    { title: 'wrapped in', entries: entries.filter(([name]) => isWrapper(name)) },
  ];
  return groups.filter((group) => group.entries.length > 0);
}

interface FieldTableProps extends Group {
  onCondition(condition: string): void;
  onColumn(field: string): void;
}

function FieldTable({ title, entries, onCondition, onColumn }: FieldTableProps) {
  return (
    <table className="fields">
      <caption>{title}</caption>
      <tbody>
        {entries.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className="mono">{String(value)}</td>
            <td className="field-actions">
              <FieldButton
                name="+"
                title={`Only ${name} = this`}
                onClick={() => onCondition(fieldIs(name, value ?? ''))}
              />
              <FieldButton
                name="−"
                title={`Without ${name} = this`}
                onClick={() => onCondition(`not ${fieldIs(name, value ?? '')}`)}
              />
              <FieldButton name="∃" title={`Only records with ${name}`} onClick={() => onCondition(`${name}:*`)} />
              <FieldButton name="▥" title={`${name} as a column`} onClick={() => onColumn(name)} />
              <FieldButton
                name="copy"
                title={`Copy ${name}`}
                onClick={() => void navigator.clipboard.writeText(String(value))}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function FieldButton({ name, title, onClick }: { readonly name: string; readonly title: string; onClick(): void }) {
  return (
    <button type="button" className="button plain small" title={title} aria-label={title} onClick={onClick}>
      {name}
    </button>
  );
}

function RawView({ record }: { readonly record: Row }) {
  const { fields } = record;
  const written = fields['raw'] ?? fields['MESSAGE'] ?? fields['message'] ?? fields['log'];
  return (
    <>
      {fields['kata.repairs'] !== undefined && <RepairedText record={record} />}
      {written === undefined ? (
        <p className="muted">The line was read without damage; only its fields are kept.</p>
      ) : (
        <pre>{String(written)}</pre>
      )}
      {fields['source.path'] !== undefined && (
        <p className="muted mono">
          {String(fields['source.path'])} line {String(fields['source.line'] ?? '?')}
        </p>
      )}
    </>
  );
}

/** `a.b: 1` → `{a: {b: 1}}`, as it is in a search server. */
function nested(fields: Row['fields']): Record<string, unknown> {
  const root: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of Object.entries(fields)) {
    const parts = name.split('.');
    let at = root;
    for (const part of parts.slice(0, -1)) {
      const inner = at[part];
      if (typeof inner === 'object' && inner !== null) at = inner as Record<string, unknown>;
      else if (inner === undefined) {
        const made = Object.create(null) as Record<string, unknown>;
        at[part] = made;
        at = made;
      }
    }
    at[parts.at(-1) as string] = value;
  }
  return root;
}
