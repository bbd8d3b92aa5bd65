// Keys of the page: single letters, off while somebody types.
import { useEffect, useRef } from 'react';

export type KeyMap = { readonly [key: string]: (() => void) | undefined };

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.shadowRoot !== null;
}

/** Calls the function of a key (`j`, `/`, `Escape`…) while the component is shown. */
export function useKeys(keys: KeyMap): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
      if (document.querySelector('dialog[open]')) return;
      const action = latest.current[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

/** The list that the help dialog shows. */
export const KEY_HELP: readonly (readonly [string, string])[] = [
  ['/', 'go to the query'],
  ['j  k', 'next, previous record'],
  ['g  G', 'first, last of the records shown'],
  ['Enter', 'open the record'],
  ['Escape', 'close the record'],
  ['e  E', 'next, previous error'],
  ['w  W', 'next, previous warning or worse'],
  ['o  O', 'next, previous record of the same sandbox'],
  ['m', 'mark or unmark the record'],
  ['u  U', 'next, previous marked record'],
  ['f  x', 'only records of this sandbox; without this sandbox'],
  ['c', 'the records around this one'],
  ['s', "the sandbox's page"],
  ['t', 'follow live'],
  ['[  ]', 'earlier, later'],
  ['?', 'this list'],
];
