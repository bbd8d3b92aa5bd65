// What is around every page: where one can go, how the import fares, how it looks.
import { Link, Outlet } from '@tanstack/react-router';
import { useState } from 'react';
import { useAbout, useSources } from '../data/queries.ts';
import { useKeys } from '../ui/keyboard.ts';
import { type Preferences, setPreference, usePreferences } from '../ui/preferences.ts';
import { bytesText, shortCount } from '../ui/time.ts';
import { KeyHelp } from './key-help.tsx';

const PLACES = [
  ['/', 'Explore'],
  ['/sandboxes', 'Sandboxes'],
  ['/problems', 'Problems'],
  ['/sources', 'Sources'],
] as const;

export function Shell() {
  const [isHelpOpen, setHelpOpen] = useState(false);
  useKeys({ '?': () => setHelpOpen(true) });
  return (
    <div className="shell">
      <header className="top">
        <Link to="/" className="brand" aria-label="Katalog">
          <svg viewBox="0 0 32 32" width="20" height="20" aria-hidden="true">
            <rect width="32" height="32" rx="7" fill="var(--accent)" />
            <path
              d="M9 7v18M23 7 11.5 16 23 25"
              fill="none"
              stroke="var(--accent-text)"
              strokeWidth="3.2"
              strokeLinecap="round"
              strokeLinejoin="round"
            />
          </svg>
          Katalog
        </Link>
        <nav aria-label="Pages">
          {PLACES.map(([to, name]) => (
            <Link key={to} to={to} className="place" activeOptions={{ exact: to === '/', includeSearch: false }}>
              {name}
            </Link>
          ))}
        </nav>
        <span className="spacer" />
        <StatusChip />
        <ThemeButton />
        <button
          type="button"
          className="button plain small"
          onClick={() => setHelpOpen(true)}
          aria-label="Keys"
          title="Keys (?)"
        >
          ?
        </button>
      </header>
      <Outlet />
      {isHelpOpen && <KeyHelp onClose={() => setHelpOpen(false)} />}
    </div>
  );
}

/** Always in sight: how much there is, how far behind, what is wrong. */
function StatusChip() {
  const about = useAbout();
  const sources = useSources();
  const lag = sources.data?.sources.reduce((sum, source) => sum + (source.lag_bytes ?? 0), 0) ?? 0;
  const gaps = sources.data?.sources.reduce((sum, source) => sum + source.gaps, 0) ?? 0;
  const isBad = about.isError || sources.data?.stopped !== undefined || (about.data?.damaged.length ?? 0) > 0;
  const parts = [
    about.data && `${shortCount(about.data.records)} records`,
    lag > 0 && `${bytesText(lag)} behind`,
    gaps > 0 && `${gaps} gaps`,
    about.isError && 'no answer from the server',
    sources.data?.stopped !== undefined && 'stopped',
    (about.data?.damaged.length ?? 0) > 0 && 'damaged segments',
  ].filter(Boolean);
  return (
    <Link to="/sources" className="status" data-bad={isBad || undefined} title={about.data?.location}>
      <span className="dot" aria-hidden="true" />
      {parts.join(' · ') || 'connecting…'}
    </Link>
  );
}

const THEMES: { readonly [theme in Preferences['theme']]: readonly [Preferences['theme'], string] } = {
  system: ['light', '◐'],
  light: ['dark', '☀'],
  dark: ['system', '☾'],
};

function ThemeButton() {
  const { theme } = usePreferences();
  const [next, sign] = THEMES[theme];
  return (
    <button
      type="button"
      className="button plain small"
      aria-label={`Colours: ${theme}. Change to ${next}`}
      title={`colours: ${theme}`}
      onClick={() => setPreference('theme', next)}
    >
      {sign}
    </button>
  );
}
