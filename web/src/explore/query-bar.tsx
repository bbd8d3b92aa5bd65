// Where the question is written. A plain input at once; the editor with completion takes its place when it has loaded.
import { lazy, Suspense, useEffect, useState } from 'react';
import { parseQuery } from '../../../src/formats/kql/parse.ts';
import type { QueryProblem } from '../../../src/formats/kql/query.ts';

const QueryEditor = lazy(async () => ({ default: (await import('./query-editor.tsx')).QueryEditor }));

interface QueryBarProps {
  readonly query: string;
  /** What the server refused about the present query. */
  readonly refused: readonly QueryProblem[];
  onQuery(query: string): void;
}

export function QueryBar({ query, refused, onQuery }: QueryBarProps) {
  const [draft, setDraft] = useState(query);
  useEffect(() => setDraft(query), [query]);
  const outcome = parseQuery(draft);
  const problems = outcome.ok ? (draft === query ? refused : []) : outcome.problems;
  const submit = (text: string): void => {
    setDraft(text);
    if (parseQuery(text).ok) onQuery(text.trim());
  };
  return (
    <form
      className="query-bar"
      aria-label="Search"
      onSubmit={(event) => {
        event.preventDefault();
        submit(draft);
      }}
    >
      <Suspense fallback={<PlainInput draft={draft} onChange={setDraft} />}>
        <QueryEditor value={draft} onChange={setDraft} onSubmit={submit} />
      </Suspense>
      {draft !== '' && (
        <button type="button" className="button plain small" aria-label="Clear the query" onClick={() => submit('')}>
          ✕
        </button>
      )}
      <button type="submit" className="button primary" disabled={!outcome.ok}>
        Search
      </button>
      <QueryProblems text={draft} problems={problems} />
    </form>
  );
}

const PLACEHOLDER = 'level >= warning and sandbox:2fa5*   (press / to come here)';

function PlainInput({ draft, onChange }: { readonly draft: string; onChange(text: string): void }) {
  return (
    <input
      className="query-input"
      aria-label="Query"
      placeholder={PLACEHOLDER}
      value={draft}
      spellCheck={false}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

interface QueryProblemsProps {
  readonly text: string;
  readonly problems: readonly QueryProblem[];
}

/** The place that is wrong, underlined, with what was expected there. */
function QueryProblems({ text, problems }: QueryProblemsProps) {
  const problem = problems[0];
  return (
    <output className="query-problem" aria-live="polite">
      {problem && (
        <>
          <code>
            {text.slice(0, problem.from)}
            <mark>{text.slice(problem.from, Math.max(problem.to, problem.from + 1)) || ' '}</mark>
            {text.slice(Math.max(problem.to, problem.from + 1))}
          </code>
          <span>{problem.message}</span>
        </>
      )}
    </output>
  );
}
