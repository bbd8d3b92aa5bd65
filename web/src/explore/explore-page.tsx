// The page for looking: query, time, histogram, fields, records, one record.

import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { RequestError } from '../data/api.ts';
import { columnsOf, USUAL_COLUMNS } from '../data/columns.ts';
import { type Scope, useFields, useHistogram } from '../data/queries.ts';
import { rememberQuery } from '../data/query-history.ts';
import { hasCondition, toggledValue, withCondition, withoutCondition } from '../data/query-text.ts';
import type { ExploreParams } from '../data/search-params.ts';
import { absolute } from '../ui/time.ts';
import { TimeRange } from '../ui/time-range.tsx';
import { Facets } from './facets.tsx';
import { QueryBar } from './query-bar.tsx';
import { Results } from './results.tsx';
import { SearchMenu } from './search-menu.tsx';

/** The scope with absolute times, so that all parts of the page ask for the same records. */
function useScope({ q = '', from, to }: ExploreParams, asked: number): Scope {
  // biome-ignore lint/correctness/useExhaustiveDependencies: "now" moves on each time that somebody asks
  return useMemo(() => {
    const nowMs = Date.now();
    return {
      query: q,
      from: from === undefined ? undefined : absolute(from, nowMs),
      to: to === undefined ? undefined : absolute(to, nowMs),
    };
  }, [q, from, to, asked]);
}

export function ExplorePage() {
  const params = useSearch({ from: '/' });
  const navigate = useNavigate({ from: '/' });
  const [asked, setAsked] = useState(0);
  const scope = useScope(params, asked);
  const change = useCallback(
    (changed: { readonly [K in keyof ExploreParams]?: ExploreParams[K] | undefined }, replace = false) => {
      void navigate({ search: (before) => ({ ...before, ...changed }) as ExploreParams, replace });
    },
    [navigate],
  );
  const query = params.q ?? '';
  const client = useQueryClient();
  const onQuery = (q: string): void => {
    rememberQuery(q);
    change({ q: q === '' ? undefined : q });
    if (q !== query) return;
    // The same question again: for what came since.
    setAsked(asked + 1);
    void client.invalidateQueries();
  };
  const onCondition = (condition: string): void =>
    onQuery(hasCondition(query, condition) ? withoutCondition(query, condition) : withCondition(query, condition));
  const onValue = (field: string, value: string): void => onQuery(toggledValue(query, field, value));
  const columns = columnsOf(params.cols);
  const onColumn = (field: string): void => {
    const next = columns.includes(field)
      ? columns.filter((name) => name !== field)
      : [...columns.slice(0, -1), field, ...columns.slice(-1)];
    const isUsual = next.join() === USUAL_COLUMNS.join();
    change({ cols: isUsual || next.length === 0 ? undefined : next.join() });
  };
  const fields = useFields(scope);
  return (
    <main className="explore">
      <h1 className="visually-hidden">Explore</h1>
      <div className="explore-top">
        <QueryBarWithAnswers scope={scope} query={query} onQuery={onQuery} />
        <TimeRange from={params.from} to={params.to} onChange={(from, to) => change({ from, to })} />
        <button
          type="button"
          className="button"
          aria-pressed={params.tail === true}
          onClick={() => change({ tail: params.tail ? undefined : true })}
        >
          ▶ live
        </button>
        <SearchMenu params={params} onOpen={(opened) => change({ ...EMPTY, ...opened })} />
      </div>
      <Facets
        scope={scope}
        fields={fields.data?.fields ?? []}
        onCondition={onCondition}
        onValue={onValue}
        onColumn={onColumn}
      />
      <Results
        scope={scope}
        params={params}
        columns={columns}
        onCondition={onCondition}
        onColumn={onColumn}
        change={change}
      />
    </main>
  );
}

const EMPTY = { q: undefined, from: undefined, to: undefined, cols: undefined, rec: undefined, tail: undefined };

function QueryBarWithAnswers({
  scope,
  query,
  onQuery,
}: {
  readonly scope: Scope;
  readonly query: string;
  onQuery(query: string): void;
}) {
  const { error } = useHistogram(scope);
  const refused = error instanceof RequestError ? (error.detail.at ?? []) : [];
  return <QueryBar query={query} refused={refused} onQuery={onQuery} />;
}
