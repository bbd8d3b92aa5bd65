// All that a link must carry: the state of the page is its address.

export interface RangeParams {
  /** Absolute (RFC 3339) or `now-1h`; absent = all there is. */
  readonly from?: string;
  readonly to?: string;
}

export interface ExploreParams extends RangeParams {
  /** KQL; absent = everything. */
  readonly q?: string;
  /** Columns, comma separated; absent = the usual ones. */
  readonly cols?: string;
  /** Id of the open record. */
  readonly rec?: string;
  /** Follow live. */
  readonly tail?: boolean;
}

function text(value: unknown): string | undefined {
  // The router reads numbers and booleans out of an address; a query may look like one.
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Any address is understood; what makes no sense is left out. */
export function readRangeParams(search: Record<string, unknown>): RangeParams {
  const [from, to] = [search['from'], search['to']].map(text);
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

export function readExploreParams(search: Record<string, unknown>): ExploreParams {
  const [q, cols, rec] = [search['q'], search['cols'], search['rec']].map(text);
  return {
    ...readRangeParams(search),
    ...(q !== undefined && { q }),
    ...(cols !== undefined && { cols }),
    ...(rec !== undefined && { rec }),
    ...((search['tail'] === true || search['tail'] === 'true') && { tail: true }),
  };
}
