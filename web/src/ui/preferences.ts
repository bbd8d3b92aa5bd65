// What a person chose for this browser: kept in local storage, read through one hook.
import { useSyncExternalStore } from 'react';
import type { Zone } from './time.ts';

export interface Preferences {
  readonly theme: 'system' | 'light' | 'dark';
  readonly zone: Zone;
  readonly wrap: boolean;
}

const DEFAULTS: Preferences = { theme: 'system', zone: 'utc', wrap: false };
const KEYS = { theme: 'katalog.theme', zone: 'katalog.zone', wrap: 'katalog.wrap' } as const;
const listeners = new Set<() => void>();
let current = load();

function load(): Preferences {
  const theme = stored(KEYS.theme);
  return {
    theme: theme === 'light' || theme === 'dark' ? theme : DEFAULTS.theme,
    zone: stored(KEYS.zone) === 'local' ? 'local' : DEFAULTS.zone,
    wrap: stored(KEYS.wrap) === 'true',
  };
}

/** Undefined as well where the browser keeps nothing. */
function stored(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

export function setPreference<K extends keyof Preferences>(name: K, value: Preferences[K]): void {
  current = { ...current, [name]: value };
  try {
    localStorage.setItem(KEYS[name], String(value));
  } catch {
    // It holds until the page is closed.
  }
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
