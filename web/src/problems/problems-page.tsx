// What went wrong, grouped by message; what was not seen before comes first.
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ProblemGroup } from '../../../src/api/contract.ts';
import { recordSandbox, shortId } from '../data/columns.ts';
import { useProblems } from '../data/queries.ts';
import { usePreferences } from '../ui/preferences.ts';
import { clockText, countText, dayText } from '../ui/time.ts';
import { TimeRange } from '../ui/time-range.tsx';

export function ProblemsPage() {
  const { from, to } = useSearch({ from: '/problems' });
  const navigate = useNavigate();
  const { data, error, isLoading } = useProblems({ from, to });
  const change = (start: string | undefined, end: string | undefined): void => {
    void navigate({
      to: '/problems',
      search: { ...(start !== undefined && { from: start }), ...(end !== undefined && { to: end }) },
    });
  };
  return (
    <main className="page">
      <header className="page-head">
        <h1>Problems</h1>
        <span className="muted">errors, panics, out of memory, gaps; by message</span>
        <span className="spacer" />
        <TimeRange from={from} to={to} onChange={change} />
      </header>
      {error && <p className="notice error">{error.message}</p>}
      {isLoading && <p className="empty">looking…</p>}
      {data?.problems.length === 0 && (
        <p className="empty">No problem was logged. That is good, or nobody logs them.</p>
      )}
      {data !== undefined && data.problems.length > 0 && (
        <table className="list">
          <thead>
            <tr>
              <th scope="col">kind</th>
              <th scope="col">message</th>
              <th scope="col">component</th>
              <th scope="col" className="num">
                times
              </th>
              <th scope="col" className="num">
                sandboxes
              </th>
              <th scope="col">first</th>
              <th scope="col">last</th>
            </tr>
          </thead>
          <tbody>
            {data.problems.map((group) => (
              <ProblemRow key={`${group.kind} ${group.component ?? ''} ${group.template}`} group={group} />
            ))}
          </tbody>
        </table>
      )}
    </main>
  );
}

function ProblemRow({ group }: { readonly group: ProblemGroup }) {
  const { zone } = usePreferences();
  const { sample } = group;
  const sandbox = recordSandbox(sample);
  return (
    <tr>
      <td>
        <span className="level error">{group.kind}</span>
        {group.is_new && <span className="chip">new</span>}
      </td>
      <th scope="row" className="mono template">
        <Link to="/" search={{ rec: sample.id, from: group.first }}>
          {group.template}
        </Link>
        {sandbox !== undefined && (
          <Link className="muted in-sandbox" to="/sandboxes/$id" params={{ id: sandbox }}>
            {shortId(sandbox)}
          </Link>
        )}
      </th>
      <td>{group.component ?? ''}</td>
      <td className="num">{countText(group.count)}</td>
      <td className="num">{countText(group.sandboxes)}</td>
      <td className="mono">
        {dayText(group.first, zone)} {clockText(group.first, zone)}
      </td>
      <td className="mono">
        {dayText(group.last, zone)} {clockText(group.last, zone)}
      </td>
    </tr>
  );
}
