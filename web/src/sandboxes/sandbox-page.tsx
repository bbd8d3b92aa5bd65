// One sandbox's whole story: its start-up against the others', its calls, its first error, its records.
import { Link, useParams } from '@tanstack/react-router';
import type { SandboxAnswer } from '../../../src/api/contract.ts';
import { recordMessage } from '../data/columns.ts';
import { useOldestRecords, useSandbox } from '../data/queries.ts';
import { fieldIs } from '../data/query-text.ts';
import { RecordList } from '../explore/record-list.tsx';
import { LevelMark } from '../ui/levels.tsx';
import { usePreferences } from '../ui/preferences.ts';
import { clockText, countText, durationText, fullText } from '../ui/time.ts';
import { Waterfall } from './waterfall.tsx';

type Sandbox = SandboxAnswer['sandbox'];

export function SandboxPage() {
  const { id } = useParams({ from: '/sandboxes/$id' });
  const { data, error, isLoading } = useSandbox(id);
  return (
    <main className="page">
      <header className="page-head">
        <h1>
          Sandbox <code className="id">{id}</code>
        </h1>
        <span className="spacer" />
        <Link className="button" to="/" search={{ q: fieldIs('sandbox', id) }}>
          its records
        </Link>
      </header>
      {error && <p className="notice error">{error.message}</p>}
      {isLoading && <p className="empty">looking…</p>}
      {data && <SandboxStory sandbox={data} />}
    </main>
  );
}

function SandboxStory({ sandbox }: { readonly sandbox: Sandbox }) {
  return (
    <>
      <Facts sandbox={sandbox} />
      <Verdict sandbox={sandbox} />
      <section aria-label="Start-up and life">
        <h2>Phases</h2>
        {sandbox.phases.length === 0 ? (
          <p className="muted">No phase of its life was seen in the logs: are the runtime's messages collected?</p>
        ) : (
          <Waterfall sandbox={sandbox} />
        )}
      </section>
      <Silences sandbox={sandbox} />
      <FirstError sandbox={sandbox} />
      <Initcalls initcalls={sandbox.initcalls} />
      <Calls rpcs={sandbox.rpcs} />
      <LastRecords id={sandbox.id} />
    </>
  );
}

function Facts({ sandbox }: { readonly sandbox: Sandbox }) {
  const { zone } = usePreferences();
  const { completeness, pod, namespace } = sandbox;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['pod', pod && `${namespace ?? ''}/${pod}`],
    ['hypervisor', sandbox.hypervisor],
    ['first seen', fullText(sandbox.first, zone)],
    ['lasted', durationText(sandbox.duration_ms)],
    ['records', countText(sandbox.records)],
    ['errors', countText(sandbox.errors)],
    ['last phase', `${sandbox.last_phase ?? 'none seen'}${sandbox.stuck ? ' (stuck)' : ''}`],
    ['missing', completeness.gaps + completeness.suppressed === 0 ? 'nothing known' : missingText(completeness)],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function missingText({ gaps, suppressed }: Sandbox['completeness']): string {
  return `${countText(gaps)} gaps, ${countText(suppressed)} suppressed`;
}

/** In one sentence: where the time went. */
function Verdict({ sandbox }: { readonly sandbox: Sandbox }) {
  const slowest = sandbox.phases.find(({ name }) => name === sandbox.slowest_phase);
  if (!slowest || slowest.median_ms === undefined || slowest.excess_ms === undefined) return null;
  return (
    <p className="notice verdict">
      Most of the extra time went into <strong>{slowest.name}</strong>: {durationText(slowest.ms)}, where the others
      take {durationText(slowest.median_ms)} ({durationText(slowest.excess_ms)} more).{' '}
      <Link to="/" search={{ q: fieldIs('sandbox', sandbox.id), from: slowest.start, to: slowest.end }}>
        the records of this phase
      </Link>
    </p>
  );
}

/** What it was at when it stood still. */
function Silences({ sandbox }: { readonly sandbox: Sandbox }) {
  const { zone } = usePreferences();
  if (sandbox.silences.length === 0) return null;
  return (
    <section aria-label="Longest silences of the start">
      <h2>Longest silences of the start</h2>
      <table className="list">
        <thead>
          <tr>
            <th scope="col" className="num">
              silent
            </th>
            <th scope="col">phase</th>
            <th scope="col">since</th>
            <th scope="col">said before it</th>
          </tr>
        </thead>
        <tbody>
          {sandbox.silences.map(({ ms, phase, after }) => (
            <tr key={after.id}>
              <td className="num">{durationText(ms)}</td>
              <td>{phase}</td>
              <td className="mono">{clockText(after.time, zone)}</td>
              <td className="mono said">
                <Link to="/" search={{ q: fieldIs('sandbox', sandbox.id), rec: after.id }}>
                  {recordMessage(after)}
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Below that an initcall is none of the slow ones. */
const SLOW_INITCALL_USECS = 10_000;

function Initcalls({ initcalls }: { readonly initcalls: Sandbox['initcalls'] }) {
  const slow = initcalls.filter(({ usecs }) => usecs >= SLOW_INITCALL_USECS);
  if (slow.length === 0) return null;
  return (
    <section aria-label="Slowest initcalls of the guest's kernel">
      <h2>Slowest initcalls of the guest's kernel</h2>
      <table className="list">
        <tbody>
          {slow.map(({ name, usecs }) => (
            <tr key={name}>
              <th scope="row" className="mono">
                {name}
              </th>
              <td className="num">{durationText(usecs / 1000)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function FirstError({ sandbox }: { readonly sandbox: Sandbox }) {
  const { zone } = usePreferences();
  const row = sandbox.first_error;
  if (!row) return null;
  return (
    <section aria-label="First error">
      <h2>First error</h2>
      <p className="first-error">
        <LevelMark level="error" /> <span className="mono">{fullText(row.time, zone)}</span>{' '}
        <Link to="/" search={{ q: fieldIs('sandbox', sandbox.id), rec: row.id }}>
          {recordMessage(row)}
        </Link>
      </p>
    </section>
  );
}

function Calls({ rpcs }: { readonly rpcs: Sandbox['rpcs'] }) {
  const { zone } = usePreferences();
  if (rpcs.length === 0) return null;
  return (
    <details>
      <summary>{rpcs.length} calls to the agent</summary>
      <table className="list">
        <thead>
          <tr>
            <th scope="col">call</th>
            <th scope="col">start</th>
            <th scope="col" className="num">
              took
            </th>
          </tr>
        </thead>
        <tbody>
          {rpcs.map(({ name, start, ms }) => (
            <tr key={`${name} ${start}`}>
              <th scope="row" className="mono">
                {name}
              </th>
              <td className="mono">{fullText(start, zone)}</td>
              <td className="num">{durationText(ms)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function LastRecords({ id }: { readonly id: string }) {
  const query = `${fieldIs('sandbox', id)} and level >= warning`;
  const { data } = useOldestRecords({ query, from: undefined, to: undefined });
  const rows = data?.rows ?? [];
  if (rows.length === 0) return null;
  return (
    <section aria-label="Warnings and errors">
      <h2>Warnings and worse</h2>
      <RecordList rows={rows} onOpen={() => undefined} />
    </section>
  );
}
