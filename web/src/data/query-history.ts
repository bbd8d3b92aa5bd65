// What was asked before in this browser, the latest first.
import { store, stored } from '../ui/browser-storage.ts';

const NAME = 'history';
const QUERIES_MAX = 20;

export function pastQueries(): readonly string[] {
  try {
    const list: unknown = JSON.parse(stored(NAME) ?? '[]');
    return Array.isArray(list) ? list.filter((each) => typeof each === 'string').slice(0, QUERIES_MAX) : [];
  } catch {
    // Somebody else wrote under this name.
    return [];
  }
}

export function rememberQuery(query: string): void {
  const text = query.trim();
  if (text === '') return;
  store(NAME, JSON.stringify([text, ...pastQueries().filter((each) => each !== text)].slice(0, QUERIES_MAX)));
}
