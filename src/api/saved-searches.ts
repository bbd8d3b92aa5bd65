// Saved searches: one JSON file in the state directory, beside those that come with the program.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { EnvironmentError, systemCode } from '../core/failure.ts';
import type { SavedSearch } from './contract.ts';
import { RequestRefusal } from './refusal.ts';

const SEARCHES_MAX = 500;

const BUILT_IN: readonly SavedSearch[] = [
  { name: 'Errors', query: 'level >= error' },
  { name: 'Agent panics', query: 'kata.problem:panic or panicked' },
  { name: 'Out of memory', query: 'kata.problem:oom or "out of memory"' },
  { name: 'Hotplug failures', query: 'hotplug* and level >= warning' },
  { name: 'Guest console', query: 'component:(guest-kernel or guest-systemd or guest-other)' },
  { name: 'Repaired records', query: 'kata.repairs:*' },
  { name: 'Gaps and losses', query: 'kata.gap:* or kata.problem:gap' },
].map((search) => ({ ...search, built_in: true }));

export class SavedSearches {
  readonly #file: string;

  constructor(stateDirectory: string) {
    this.#file = path.join(stateDirectory, 'searches.json');
  }

  list(): readonly SavedSearch[] {
    return [...BUILT_IN, ...this.#own()];
  }

  /** @throws {RequestRefusal} 409 for a name of the program's own, 413 when there are too many. */
  put(search: SavedSearch): void {
    this.#refuseBuiltIn(search.name);
    const others = this.#own().filter(({ name }) => name !== search.name);
    if (others.length >= SEARCHES_MAX)
      throw new RequestRefusal(413, {
        code: 'api/searches-full',
        message: `${SEARCHES_MAX} searches are saved: delete one`,
      });
    const { built_in: _, ...own } = search;
    this.#write([...others, own].sort((a, b) => (a.name < b.name ? -1 : 1)));
  }

  /** @throws {RequestRefusal} 404, or 409 for one of the program's own. */
  delete(name: string): void {
    this.#refuseBuiltIn(name);
    const own = this.#own();
    const others = own.filter((search) => search.name !== name);
    if (others.length === own.length)
      throw new RequestRefusal(404, { code: 'api/no-search', message: 'there is no search of that name' });
    this.#write(others);
  }

  #refuseBuiltIn(name: string): void {
    if (BUILT_IN.some((search) => search.name === name))
      throw new RequestRefusal(409, {
        code: 'api/built-in',
        message: 'this search comes with Katalog: choose another name',
      });
  }

  #own(): readonly SavedSearch[] {
    try {
      return JSON.parse(fs.readFileSync(this.#file, 'utf8')) as readonly SavedSearch[];
    } catch (cause) {
      if (systemCode(cause) === 'ENOENT') return [];
      throw new EnvironmentError('state/searches', `cannot read ${this.#file}`, { cause });
    }
  }

  #write(searches: readonly SavedSearch[]): void {
    const draft = `${this.#file}.new`;
    try {
      fs.writeFileSync(draft, `${JSON.stringify(searches, null, 2)}\n`, { mode: 0o600 });
      fs.renameSync(draft, this.#file);
    } catch (cause) {
      throw new EnvironmentError('state/write', `cannot write ${this.#file}`, { cause });
    }
  }
}
