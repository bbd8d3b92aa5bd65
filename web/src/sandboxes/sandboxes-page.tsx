// All sandboxes, the slow ones first on demand: which one to look at.
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { SandboxSummary } from '../../../src/api/contract.ts';
import { shortId } from '../data/columns.ts';
import { useSandboxes } from '../data/queries.ts';
import { usePreferences } from '../ui/preferences.ts';
import { clockText, countText, dayText, durationText, millis } from '../ui/time.ts';

interface Column {
  readonly name: string;
  readonly isNumber?: true;
  value(sandbox: SandboxSummary): number | string;
}

const COLUMNS: readonly Column[] = [
  { name: 'sandbox', value: ({ id }) => id },
  { name: 'pod', value: ({ pod, namespace }) => (pod ? `${namespace ?? ''}/${pod}` : '') },
  { name: 'hypervisor', value: ({ hypervisor }) => hypervisor ?? '' },
  { name: 'first seen', value: ({ first }) => millis(first) },
  { name: 'start-up', isNumber: true, value: ({ startup_ms: ms }) => ms ?? -1 },
  { name: 'lasted', isNumber: true, value: ({ duration_ms: ms }) => ms },
  { name: 'records', isNumber: true, value: ({ records }) => records },
  { name: 'errors', isNumber: true, value: ({ errors }) => errors },
  { name: 'last phase', value: ({ last_phase: phase }) => phase ?? '' },
];

/** So much slower than the median is worth a look. */
const SLOW_FACTOR = 1.5;

export function SandboxesPage() {
  const { data, error, isLoading } = useSandboxes({ from: undefined, to: undefined });
  const [sort, setSort] = useState({ name: 'start-up', isDown: true });
  const [sought, setSought] = useState('');
  const sandboxes = useMemo(() => sorted(data?.sandboxes ?? [], sort, sought), [data, sort, sought]);
  const median = data?.median_startup_ms;
  return (
    <main className="page">
      <header className="page-head">
        <h1>Sandboxes</h1>
        <span className="muted">
          {countText(sandboxes.length)}
          {median !== undefined && `, median start-up ${durationText(median)}`}
          {data && data.pending > 0 && `, start-up of ${countText(data.pending)} still being read…`}
        </span>
        <span className="spacer" />
        <input
          className="input"
          type="search"
          placeholder="id, pod, namespace, hypervisor"
          aria-label="Find a sandbox"
          value={sought}
          onChange={(event) => setSought(event.target.value)}
        />
      </header>
      {error && <p className="notice error">{error.message}</p>}
      {isLoading && <p className="empty">looking…</p>}
      {data && sandboxes.length === 0 && <p className="empty">No sandbox is known here.</p>}
      {sandboxes.length > 0 && (
        <table className="list">
          <thead>
            <tr>
              {COLUMNS.map(({ name, isNumber }) => (
                <th
                  key={name}
                  scope="col"
                  className={isNumber && 'num'}
                  aria-sort={sort.name === name ? (sort.isDown ? 'descending' : 'ascending') : undefined}
                >
                  <button
                    type="button"
                    className="button plain small"
                    onClick={() => setSort({ name, isDown: sort.name === name ? !sort.isDown : true })}
                  >
                    {name} {sort.name === name && (sort.isDown ? '↓' : '↑')}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sandboxes.map((sandbox) => (
              <SandboxRow key={sandbox.id} sandbox={sandbox} medianMs={median} />
            ))}
          </tbody>
        </table>
      )}
    </main>
  );
}

function sorted(
  sandboxes: readonly SandboxSummary[],
  { name, isDown }: { readonly name: string; readonly isDown: boolean },
  sought: string,
): readonly SandboxSummary[] {
  const column = COLUMNS.find((each) => each.name === name) ?? (COLUMNS[0] as Column);
  const wanted = sought.toLowerCase();
  const fits = ({ id, pod = '', namespace = '', hypervisor = '' }: SandboxSummary): boolean =>
    `${id} ${namespace}/${pod} ${hypervisor}`.toLowerCase().includes(wanted);
  return sandboxes.filter(fits).sort((one, other) => {
    const [a, b] = [column.value(one), column.value(other)];
    const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
    return isDown ? -order : order;
  });
}

function SandboxRow({
  sandbox,
  medianMs,
}: {
  readonly sandbox: SandboxSummary;
  readonly medianMs: number | undefined;
}) {
  const { zone } = usePreferences();
  const { id, startup_ms: startup, errors } = sandbox;
  const factor = startup !== undefined && medianMs !== undefined && medianMs > 0 ? startup / medianMs : 0;
  return (
    <tr>
      <th scope="row">
        <Link className="mono" to="/sandboxes/$id" params={{ id }} title={id}>
          {shortId(id)}
        </Link>
      </th>
      <td>{sandbox.pod ? `${sandbox.namespace ?? ''}/${sandbox.pod}` : <span className="muted">–</span>}</td>
      <td>{sandbox.hypervisor ?? <span className="muted">–</span>}</td>
      <td className="mono">
        {dayText(sandbox.first, zone)} {clockText(sandbox.first, zone)}
      </td>
      <td className="num">
        {startup === undefined ? <span className="muted">–</span> : durationText(startup)}
        {factor >= SLOW_FACTOR && <span className="chip slow">{factor.toFixed(1)}× the median</span>}
      </td>
      <td className="num">{durationText(sandbox.duration_ms)}</td>
      <td className="num">{countText(sandbox.records)}</td>
      <td className="num">{errors > 0 ? <span className="level error">{countText(errors)}</span> : '0'}</td>
      <td>
        {sandbox.last_phase ?? <span className="muted">–</span>}
        {sandbox.stuck && <span className="chip slow">stuck</span>}
      </td>
    </tr>
  );
}
