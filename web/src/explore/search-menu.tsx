// Saved searches, and what was asked before.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { SavedSearch } from '../../../src/api/contract.ts';
import { send } from '../data/api.ts';
import { useSearches } from '../data/queries.ts';
import { pastQueries } from '../data/query-history.ts';
import type { ExploreParams } from '../data/search-params.ts';
import { Popover } from '../ui/popover.tsx';

interface SearchMenuProps {
  readonly params: ExploreParams;
  onOpen(params: ExploreParams): void;
}

export function SearchMenu({ params, onOpen }: SearchMenuProps) {
  return (
    <Popover label="☆ saved" title="Saved searches">
      {(close) => (
        <SearchList
          params={params}
          onOpen={(opened) => {
            close();
            onOpen(opened);
          }}
        />
      )}
    </Popover>
  );
}

function SearchList({ params, onOpen }: SearchMenuProps) {
  const [name, setName] = useState('');
  const client = useQueryClient();
  const { data } = useSearches();
  const refresh = (): Promise<void> => client.invalidateQueries({ queryKey: ['searches'] });
  const save = useMutation({
    mutationFn: () => send('PUT', `searches/${encodeURIComponent(name)}`, savedFrom(name, params)),
    onSuccess: () => {
      setName('');
      return refresh();
    },
  });
  const remove = useMutation({
    mutationFn: (unwanted: string) => send('DELETE', `searches/${encodeURIComponent(unwanted)}`),
    onSuccess: refresh,
  });
  const error = save.error ?? remove.error;
  return (
    <div className="saved">
      <ul className="menu">
        {data?.searches.map((search) => (
          <li key={search.name}>
            <button
              type="button"
              className="button plain small"
              title={search.query}
              onClick={() => onOpen(paramsOf(search))}
            >
              {search.name}
            </button>
            {!search.built_in && (
              <button
                type="button"
                className="button plain small"
                aria-label={`Delete ${search.name}`}
                onClick={() => remove.mutate(search.name)}
              >
                ✕
              </button>
            )}
          </li>
        ))}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <input
          className="input"
          placeholder="name for what is shown now"
          aria-label="Name of the search"
          value={name}
          maxLength={100}
          onChange={(event) => setName(event.target.value)}
        />
        <button type="submit" className="button small" disabled={name.trim() === '' || save.isPending}>
          save
        </button>
      </form>
      {error && <p className="notice error">{error.message}</p>}
      <History onOpen={onOpen} />
    </div>
  );
}

function History({ onOpen }: Pick<SearchMenuProps, 'onOpen'>) {
  const queries = pastQueries();
  if (queries.length === 0) return null;
  return (
    <>
      <h3>asked before</h3>
      <ul className="menu history" aria-label="Asked before">
        {queries.map((q) => (
          <li key={q}>
            <button type="button" className="button plain small mono" title={q} onClick={() => onOpen({ q })}>
              {q}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function savedFrom(name: string, { q = '', from, to, cols }: ExploreParams): SavedSearch {
  return {
    name,
    query: q,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(cols !== undefined && { columns: cols.split(',') }),
  };
}

function paramsOf({ query, from, to, columns }: SavedSearch): ExploreParams {
  return {
    ...(query !== '' && { q: query }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(columns !== undefined && { cols: columns.join() }),
  };
}
