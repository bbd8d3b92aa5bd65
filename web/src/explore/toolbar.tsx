// Between histogram and rows: how many, how fast, what is wrong, and what may be done with the result.
import { useState } from 'react';
import type { Damage } from '../../../src/api/contract.ts';
import { addressOf } from '../data/api.ts';
import type { Scope } from '../data/queries.ts';
import { DamagedParts } from '../ui/damaged-parts.tsx';
import { Popover } from '../ui/popover.tsx';
import { setPreference, usePreferences } from '../ui/preferences.ts';
import { countText } from '../ui/time.ts';
import type { LiveTail } from './live-tail.ts';

interface ToolbarProps {
  readonly scope: Scope;
  readonly columns: readonly string[];
  readonly total: number | undefined;
  readonly tookMs: number | undefined;
  readonly live: LiveTail | undefined;
  onNewest(): void;
  readonly damaged: readonly Damage[];
  onColumn(field: string): void;
}

export function Toolbar({ scope, columns, total, tookMs, live, onNewest, damaged, onColumn }: ToolbarProps) {
  const { wrap, zone, density } = usePreferences();
  return (
    <div className="toolbar">
      <output aria-live="polite" className="total">
        <strong>{total === undefined ? '…' : countText(total)}</strong> {live ? 'since you follow' : 'records'}
      </output>
      {live ? (
        <LiveState live={live} onNewest={onNewest} />
      ) : (
        tookMs !== undefined && <span className="muted">{Math.round(tookMs)} ms</span>
      )}
      {damaged.length > 0 && <DamageNote damaged={damaged} />}
      <span className="spacer" />
      {columns.map((name) => (
        <button
          key={name}
          type="button"
          className="button plain small column"
          title={`Take the column ${name} away`}
          onClick={() => onColumn(name)}
        >
          {name} ✕
        </button>
      ))}
      <button type="button" className="button small" aria-pressed={wrap} onClick={() => setPreference('wrap', !wrap)}>
        wrap
      </button>
      <button
        type="button"
        className="button small"
        title="How close the rows stand"
        onClick={() => setPreference('density', density === 'dense' ? 'roomy' : 'dense')}
      >
        {density}
      </button>
      <button
        type="button"
        className="button small"
        title="UTC or this browser's time"
        onClick={() => setPreference('zone', zone === 'utc' ? 'local' : 'utc')}
      >
        {zone === 'utc' ? 'UTC' : 'local'}
      </button>
      <CopyLink scope={scope} />
      <Popover label="export" title="Export the whole result" className="button small">
        {() => <ExportLinks scope={scope} />}
      </Popover>
    </div>
  );
}

function LiveState({ live, onNewest }: { readonly live: LiveTail; onNewest(): void }) {
  return (
    <>
      <span className="muted" aria-live="polite">
        {live.isConnected ? 'following' : 'connecting…'}
        {live.dropped > 0 && ` · ${countText(live.dropped)} not shown, too many at once`}
      </span>
      {live.held > 0 && (
        <button type="button" className="button small" onClick={onNewest}>
          ↑ {countText(live.held)} new
        </button>
      )}
    </>
  );
}

/** The address with absolute times: it shows others the same records, tomorrow as well. */
function CopyLink({ scope }: { readonly scope: Scope }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    const url = new URL(window.location.href);
    for (const name of ['from', 'to'] as const) {
      if (scope[name] !== undefined) url.searchParams.set(name, scope[name]);
    }
    url.searchParams.delete('tail');
    await navigator.clipboard.writeText(url.href);
    setCopied(true);
  };
  return (
    <button
      type="button"
      className="button small"
      title="Copy the address of what is shown, with absolute times"
      onClick={() => void copy()}
      onBlur={() => setCopied(false)}
    >
      {isCopied ? 'copied' : 'link'}
    </button>
  );
}

function DamageNote({ damaged }: { readonly damaged: readonly Damage[] }) {
  return (
    <Popover
      label={`⚠ ${damaged.length} damaged`}
      title="Parts of the store that cannot be read"
      className="button small"
    >
      {() => <DamagedParts damaged={damaged} />}
    </Popover>
  );
}

const FORMATS = ['ndjson', 'csv', 'logfmt'] as const;

function ExportLinks({ scope }: { readonly scope: Scope }) {
  const { query, from, to } = scope;
  return (
    <ul className="menu">
      {FORMATS.map((format) => (
        <li key={format}>
          <a href={addressOf('export', { query, from, to, format })} download={`katalog.${format}`}>
            as {format === 'ndjson' ? 'JSON lines' : format}
          </a>
        </li>
      ))}
    </ul>
  );
}
