// What stands where the records would be: an error, or why there are none.
import { useMemo } from 'react';
import { RequestError } from '../data/api.ts';
import { type Scope, useFields } from '../data/queries.ts';
import { namesakes, unknownFields } from '../data/query-fields.ts';

interface OutcomeProps {
  readonly scope: Scope;
  readonly isLoading: boolean;
  readonly error: Error | null;
  readonly isEmpty: boolean;
  readonly isLive: boolean;
}

export function Outcome({ scope, isLoading, error, isEmpty, isLive }: OutcomeProps) {
  if (error) {
    const hint = error instanceof RequestError ? error.detail.hint : undefined;
    return (
      <div className="notice error" role="alert">
        <p>{error.message}</p>
        {hint && <p className="muted">{hint}</p>}
      </div>
    );
  }
  if (isLoading) return <p className="empty">looking…</p>;
  if (!isEmpty) return null;
  return (
    <div className="empty">
      <p>{isLive ? 'Waiting for the next record that fits.' : 'No record fits.'}</p>
      <UnknownFields scope={scope} />
      {!isLive && <p className="muted">Take a condition out of the query, or choose a wider time range.</p>}
    </div>
  );
}

/** A condition on a field that is not there is seldom what was meant. */
function UnknownFields({ scope }: { readonly scope: Scope }) {
  const { data } = useFields(scope);
  const names = useMemo(() => data?.fields.map(({ name }) => name) ?? [], [data]);
  if (names.length === 0) return null;
  return unknownFields(scope.query, names).map((field) => {
    const similar = namesakes(field, names);
    return (
      <p key={field} className="unknown-field">
        The field <code>{field}</code> is not known here: no record of this time has it, or it is not indexed.
        {similar.length > 0 && ` Did you mean ${similar.join(' or ')}?`}
      </p>
    );
  });
}
