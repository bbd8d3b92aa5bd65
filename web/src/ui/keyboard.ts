// Keys of the page: single letters, off while somebody types. Which key does what is named by its usual key; a person
// may choose another for it.
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { store, stored } from './browser-storage.ts';

/** By usual key. */
export type KeyMap = { readonly [key: string]: (() => void) | undefined };

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.shadowRoot !== null;
}

/** Links and buttons take Enter for themselves. */
function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('a, button, summary, [role="application"]') !== null;
}

/** Calls the function of a key (`j`, `/`, `Escape`…) while the component is shown. */
export function useKeys(keys: KeyMap): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
      if (document.querySelector('dialog[open]')) return;
      if (event.key === 'Enter' && isControl(event.target)) return;
      const action = latest.current[usualKey(event.key)];
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

/** What each usual key does, in the order of the help. */
export const ACTIONS: readonly (readonly [string, string])[] = [
  ['/', 'go to the query'],
  ['j', 'next record'],
  ['k', 'previous record'],
  ['g', 'first of the records shown'],
  ['G', 'last of the records shown'],
  ['Enter', 'open the record'],
  ['Escape', 'close the record'],
  ['e', 'next error'],
  ['E', 'previous error'],
  ['w', 'next warning or worse'],
  ['W', 'previous warning or worse'],
  ['o', 'next record of the same sandbox'],
  ['O', 'previous record of the same sandbox'],
  ['m', 'mark or unmark the record'],
  ['u', 'next marked record'],
  ['U', 'previous marked record'],
  ['f', 'only records of this sandbox'],
  ['x', 'without this sandbox'],
  ['c', 'the records around this one'],
  ['s', "the sandbox's page"],
  ['t', 'follow live'],
  ['[', 'earlier'],
  [']', 'later'],
  ['?', 'this list'],
];

type Chosen = Readonly<Record<string, string>>;

const listeners = new Set<() => void>();
let chosen = load();

function load(): Chosen {
  try {
    const kept: unknown = JSON.parse(stored('keys') ?? '{}');
    const entries = typeof kept === 'object' && kept !== null ? Object.entries(kept) : [];
    const known = new Set(ACTIONS.map(([usual]) => usual));
    return Object.fromEntries(entries.filter(([usual, key]) => known.has(usual) && typeof key === 'string'));
  } catch {
    // Somebody else wrote under this name.
    return {};
  }
}

function keyOf(usual: string): string {
  return chosen[usual] ?? usual;
}

/** The usual key of what `key` does now; `key` itself where it does nothing. */
function usualKey(key: string): string {
  const action = ACTIONS.find(([usual]) => keyOf(usual) === key);
  if (action) return action[0];
  return chosen[key] === undefined ? key : '';
}

/** Gives an action another key; who had that key gets the one that becomes free. */
export function chooseKey(usual: string, key: string): void {
  const holder = ACTIONS.find(([other]) => keyOf(other) === key)?.[0];
  const next: Record<string, string> = { ...chosen, [usual]: key };
  if (holder !== undefined && holder !== usual) next[holder] = keyOf(usual);
  change(Object.fromEntries(Object.entries(next).filter(([from, to]) => from !== to)));
}

export function resetKeys(): void {
  change({});
}

function change(next: Chosen): void {
  chosen = next;
  store('keys', JSON.stringify(chosen));
  for (const listener of listeners) listener();
}

/** The keys that were chosen, by usual key; those that are as usual are absent. */
export function useChosenKeys(): Chosen {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => chosen,
  );
}
