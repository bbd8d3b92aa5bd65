// What a person chose for this browser: kept in local storage, read through one hook.
import { useSyncExternalStore } from 'react';
import { store, stored } from './browser-storage.ts';
import type { Zone } from './time.ts';

export interface Preferences {
  readonly theme: 'system' | 'light' | 'dark';
  readonly zone: Zone;
  readonly wrap: boolean;
  readonly density: 'dense' | 'roomy';
  /** What the column Δ counts from: the record before, or the first record of the same sandbox. */
  readonly since: 'previous' | 'sandbox';
}

const DEFAULTS: Preferences = { theme: 'system', zone: 'utc', wrap: false, density: 'dense', since: 'previous' };
const listeners = new Set<() => void>();
let current = load();

function load(): Preferences {
  const theme = stored('theme');
  return {
    theme: theme === 'light' || theme === 'dark' ? theme : DEFAULTS.theme,
    zone: stored('zone') === 'local' ? 'local' : DEFAULTS.zone,
    wrap: stored('wrap') === 'true',
    density: stored('density') === 'roomy' ? 'roomy' : DEFAULTS.density,
    since: stored('since') === 'sandbox' ? 'sandbox' : DEFAULTS.since,
  };
}

export function setPreference<K extends keyof Preferences>(name: K, value: Preferences[K]): void {
  current = { ...current, [name]: value };
  store(name, String(value));
  const { theme } = current;
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  for (const listener of listeners) listener();
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
