// The fields at the side: how often each value occurs, and one click to ask for it or to leave it out.
import { useMemo, useState } from 'react';
import type { FieldInfo, Scalar } from '../../../src/api/contract.ts';
import { shortId } from '../data/columns.ts';
import { type Scope, useFacets, useFieldStats, useIsShown } from '../data/queries.ts';
import { chosenValues, fieldIs, hasCondition, withoutChoice } from '../data/query-text.ts';
import { Popover } from '../ui/popover.tsx';
import { countText, shortCount } from '../ui/time.ts';

/** Most values that the server counts. */
const VALUES_MAX = 100;

export const PINNED = ['tag', 'kata.component', 'kata.level', 'SYSLOG_IDENTIFIER', 'PRIORITY', 'kata.sandbox'] as const;

interface FacetsProps {
  readonly scope: Scope;
  readonly fields: readonly FieldInfo[];
  onCondition(condition: string): void;
  onValue(field: string, value: string): void;
  onColumn(field: string): void;
}

export function Facets({ scope, fields, onCondition, onValue, onColumn }: FacetsProps) {
  const [sought, setSought] = useState('');
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const present = new Set(fields.map(({ name }) => name));
  const pinned = PINNED.filter((name) => present.has(name));
  const others = fields
    .map(({ name }) => name)
    .filter((name) => !pinned.some((pin) => pin === name) && name.toLowerCase().includes(sought.toLowerCase()));
  const toggle = (field: string): void => {
    const next = new Set(opened);
    if (!next.delete(field)) next.add(field);
    setOpened(next);
  };
  const shared = { scope, isWanted: useIsShown(scope), onCondition, onValue, onColumn };
  return (
    <section className="facets" aria-label="Fields">
      {pinned.map((field) => (
        <Facet key={field} field={field} {...shared} />
      ))}
      <div className="facet-search">
        <input
          className="input"
          type="search"
          placeholder={`find in ${fields.length} fields`}
          aria-label="Find a field"
          value={sought}
          onChange={(event) => setSought(event.target.value)}
        />
      </div>
      {others.map((field) => (
        <OtherField
          key={field}
          field={field}
          count={fields.find(({ name }) => name === field)?.count}
          isOpen={opened.has(field)}
          onToggle={() => toggle(field)}
          {...shared}
        />
      ))}
    </section>
  );
}

interface FacetProps extends Pick<FacetsProps, 'scope' | 'onCondition' | 'onValue' | 'onColumn'> {
  readonly field: string;
  readonly isWanted: boolean;
}

function OtherField({
  field,
  count,
  isOpen,
  onToggle,
  ...facet
}: FacetProps & { readonly count: number | undefined; readonly isOpen: boolean; onToggle(): void }) {
  if (isOpen) return <Facet field={field} onClose={onToggle} {...facet} />;
  return (
    <button type="button" className="field-name" onClick={onToggle} aria-expanded={false}>
      <span className="name">{field}</span>
      {count !== undefined && <span className="num muted">{shortCount(count)}</span>}
    </button>
  );
}

function Facet({ field, scope, isWanted, onCondition, onValue, onColumn, onClose }: FacetProps & { onClose?(): void }) {
  const [size, setSize] = useState(5);
  // Values of one field are alternatives: each is counted as if none of them were chosen yet.
  const others = useMemo(() => ({ ...scope, query: withoutChoice(scope.query, field) }), [scope, field]);
  const { data, isError } = useFacets(others, field, size, isWanted);
  const chosen = new Set(chosenValues(scope.query, field));
  const listed = data?.values ?? [];
  const unlisted = [...chosen].filter((value) => !listed.some((each) => String(each.value) === value));
  return (
    <section className="facet" aria-label={field}>
      <header>
        {onClose ? (
          <button type="button" className="facet-title" onClick={onClose} aria-expanded={true}>
            {field}
          </button>
        ) : (
          <h2 className="facet-title">{field}</h2>
        )}
        <Popover label="▤" title={`Statistics of ${field}`} isNamedByTitle className="button plain small">
          {() => <FieldStats scope={scope} field={field} onColumn={onColumn} />}
        </Popover>
      </header>
      {isError && <p className="muted">cannot be counted</p>}
      <ul>
        {[...listed, ...unlisted.map((value) => ({ value, count: undefined }))].map(({ value, count }) => (
          <FacetValue
            key={String(value)}
            field={field}
            value={value}
            count={count}
            share={(count ?? 0) / Math.max(1, (data?.present ?? 0) + (data?.missing ?? 0))}
            isChosen={chosen.has(String(value ?? ''))}
            query={scope.query}
            onCondition={onCondition}
            onValue={onValue}
          />
        ))}
      </ul>
      {data && data.values.length >= size && size < VALUES_MAX && (
        <button type="button" className="button plain small" onClick={() => setSize(Math.min(size * 4, VALUES_MAX))}>
          more
        </button>
      )}
      {data !== undefined && data.missing > 0 && (
        <button
          type="button"
          className="button plain small muted"
          title={`Only records without ${field}`}
          onClick={() => onCondition(`not ${field}:*`)}
        >
          without: {shortCount(data.missing)}
        </button>
      )}
    </section>
  );
}

interface FacetValueProps {
  readonly field: string;
  readonly value: Scalar;
  /** Undefined for a chosen value that is not among the most frequent. */
  readonly count: number | undefined;
  readonly share: number;
  readonly isChosen: boolean;
  readonly query: string;
  onCondition(condition: string): void;
  onValue(field: string, value: string): void;
}

function FacetValue({ field, value, count, share, isChosen, query, onCondition, onValue }: FacetValueProps) {
  const without = `not ${fieldIs(field, value ?? '')}`;
  const isOut = hasCondition(query, without);
  const counted = count === undefined ? '' : `\n${countText(count)} records, ${(share * 100).toFixed(1)} %`;
  return (
    <li className="facet-value" data-active={isChosen || undefined} data-out={isOut || undefined}>
      <button
        type="button"
        className="value"
        title={`${field}: ${value}${counted}`}
        aria-pressed={isChosen}
        onClick={() => onValue(field, String(value ?? ''))}
      >
        <span className="share" style={{ width: `${Math.max(share * 100, 1)}%` }} />
        <span className="text">{shortId(String(value)) || '(empty)'}</span>
        <span className="num">{count === undefined ? '–' : shortCount(count)}</span>
      </button>
      <button
        type="button"
        className="button plain small"
        aria-label={`Leave out ${field} ${value}`}
        aria-pressed={isOut}
        title="Leave out"
        onClick={() => onCondition(without)}
      >
        −
      </button>
    </li>
  );
}

function FieldStats({ scope, field, onColumn }: Pick<FacetProps, 'scope' | 'field' | 'onColumn'>) {
  const { data, isLoading } = useFieldStats(scope, field);
  if (!data) return <p className="muted">{isLoading ? 'counting…' : 'cannot be counted'}</p>;
  const { numbers } = data;
  return (
    <div className="stats">
      <h2>{field}</h2>
      <dl>
        <Stat name="records with it" value={countText(data.present)} />
        <Stat name="without" value={countText(data.missing)} />
        <Stat name="different values" value={countText(data.distinct)} />
        {numbers && (
          <>
            <Stat name="least, most" value={`${numbers.min} – ${numbers.max}`} />
            <Stat
              name="p50, p95, p99"
              value={[numbers.p50, numbers.p95, numbers.p99].map((each) => Number(each).toPrecision(4)).join(', ')}
            />
          </>
        )}
      </dl>
      <h3>most frequent</h3>
      <ol>
        {data.top.map(({ value, count }) => (
          <li key={String(value)}>
            <span className="text mono">{String(value)}</span> <span className="num muted">{countText(count)}</span>
          </li>
        ))}
      </ol>
      <button type="button" className="button small" onClick={() => onColumn(field)}>
        show as column
      </button>
    </div>
  );
}

function Stat({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="num">{value}</dd>
    </>
  );
}
