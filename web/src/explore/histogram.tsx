// Records over time, stacked by level, the urgent ones on top. Drag to zoom; with the keyboard: arrows move, Shift
// widens, Enter zooms.
import { type KeyboardEvent, type PointerEvent, useId, useMemo, useRef, useState } from 'react';
import { LEVELS, type Level } from '../ui/levels.tsx';
import { Popover } from '../ui/popover.tsx';
import { usePreferences } from '../ui/preferences.ts';
import { clockText, countText, dayText, durationText, millis, shortCount, type Zone } from '../ui/time.ts';

/** One bar. */
export interface Bucket {
  readonly time: string;
  readonly end: string;
  readonly counts: { readonly [level in Level]?: number };
  /** The scope begins or ends inside of it. */
  readonly partial: boolean;
}

interface HistogramProps {
  readonly buckets: readonly Bucket[];
  readonly intervalMs: number;
  readonly isStale: boolean;
  onZoom(from: string, to: string): void;
}

const WIDTH = 1000;
const HEIGHT = 84;

interface Selection {
  readonly anchor: number;
  readonly head: number;
}

export function Histogram({ buckets, intervalMs, isStale, onZoom }: HistogramProps) {
  const { zone } = usePreferences();
  const { svg, selection, pointed, handlers } = useSelection(buckets, onZoom);
  const hatch = useId();
  const most = useMemo(() => Math.max(1, ...buckets.map(totalOf)), [buckets]);
  const shown = selection?.head ?? pointed;
  return (
    <figure className="histogram" data-stale={isStale || undefined}>
      <svg
        ref={svg}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="application"
        aria-roledescription="histogram"
        aria-label="Records over time. Arrow keys move, Shift and arrow widen, Enter zooms in."
        // biome-ignore lint/a11y/noNoninteractiveTabindex: role application takes keys
        tabIndex={0}
        {...handlers}
      >
        <defs>
          <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="2" height="6" className="hatch" />
          </pattern>
        </defs>
        {buckets.map((each, at) => (
          <Bar key={each.time} bucket={each} at={at} of={buckets.length} most={most} hatch={hatch} />
        ))}
        {selection && <SelectionBox selection={selection} of={buckets.length} />}
      </svg>
      <Caption buckets={buckets} shown={shown} intervalMs={intervalMs} most={most} zone={zone} />
    </figure>
  );
}

/** The buckets that are marked by pointer or keys, and what marks them. */
function useSelection(buckets: readonly Bucket[], onZoom: HistogramProps['onZoom']) {
  const [selection, setSelection] = useState<Selection>();
  const [pointed, setPointed] = useState<number>();
  const svg = useRef<SVGSVGElement>(null);
  const isDragging = useRef(false);
  const last = buckets.length - 1;
  const bucketAt = (event: PointerEvent): number => {
    const box = svg.current?.getBoundingClientRect();
    if (!box || last < 0) return 0;
    return clamped(Math.floor(((event.clientX - box.left) / box.width) * buckets.length), last);
  };
  const zoom = ({ anchor, head }: Selection): void => {
    const [from, to] = [buckets[Math.min(anchor, head)], buckets[Math.max(anchor, head)]];
    setSelection(undefined);
    if (from && to) onZoom(from.time, to.end);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = keyed(event, selection, last);
    if (next === undefined) return;
    event.preventDefault();
    if (next === 'zoom') zoom(selection as Selection);
    else setSelection(next === 'none' ? undefined : next);
  };
  const handlers = {
    onKeyDown,
    onPointerDown: (event: PointerEvent<SVGSVGElement>): void => {
      isDragging.current = true;
      event.currentTarget.setPointerCapture(event.pointerId);
      const at = bucketAt(event);
      setSelection({ anchor: at, head: at });
    },
    onPointerMove: (event: PointerEvent): void => {
      const at = bucketAt(event);
      setPointed(at);
      if (isDragging.current && selection) setSelection({ anchor: selection.anchor, head: at });
    },
    onPointerUp: (): void => {
      isDragging.current = false;
      if (selection) zoom(selection);
    },
    onPointerLeave: (): void => setPointed(undefined),
  };
  return { svg, selection, pointed, handlers };
}

function clamped(at: number, last: number): number {
  return Math.min(Math.max(at, 0), last);
}

/** What a key makes of the selection; undefined where it means nothing here. */
function keyed(
  event: KeyboardEvent,
  selection: Selection | undefined,
  last: number,
): Selection | 'zoom' | 'none' | undefined {
  if (event.key === 'Enter') return selection && 'zoom';
  if (event.key === 'Escape') return selection && 'none';
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step === undefined) return undefined;
  const head = clamped((selection?.head ?? (step > 0 ? -1 : last + 1)) + step, last);
  return { anchor: event.shiftKey && selection ? selection.anchor : head, head };
}

interface CaptionProps {
  readonly buckets: readonly Bucket[];
  readonly shown: number | undefined;
  readonly intervalMs: number;
  readonly most: number;
  readonly zone: Zone;
}

function Caption({ buckets, shown, intervalMs, most, zone }: CaptionProps) {
  const [first, last] = [buckets[0], buckets.at(-1)];
  const bucket = shown === undefined ? undefined : buckets[shown];
  if (!first || !last) return <figcaption aria-live="polite" />;
  return (
    <figcaption aria-live="polite">
      {bucket ? (
        <BucketText bucket={bucket} zone={zone} />
      ) : (
        <span className="muted">
          {dayText(first.time, zone)} {clockText(first.time, zone).slice(0, 8)} · bars of {durationText(intervalMs)} ·
          highest {shortCount(most)}
        </span>
      )}
      <span className="spacer" />
      <Popover label="table" title="The histogram as a table" className="button plain small">
        {() => <BucketTable buckets={buckets} zone={zone} />}
      </Popover>
      <span className="muted">
        {dayText(last.end, zone) !== dayText(first.time, zone) && `${dayText(last.end, zone)} `}
        {clockText(last.end, zone).slice(0, 8)}
      </span>
    </figcaption>
  );
}

/** The same as text, for who cannot see bars. */
function BucketTable({ buckets, zone }: { readonly buckets: readonly Bucket[]; readonly zone: Zone }) {
  const levels = LEVELS.filter((level) => buckets.some(({ counts }) => (counts[level] ?? 0) > 0));
  return (
    <div className="bucket-table">
      <table className="list">
        <thead>
          <tr>
            {['from', ...levels, 'all'].map((name) => (
              <th key={name} scope="col" className={name === 'from' ? undefined : 'num'}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {buckets
            .filter((bucket) => totalOf(bucket) > 0)
            .map((bucket) => (
              <tr key={bucket.time}>
                <th scope="row" className="mono">
                  {dayText(bucket.time, zone)} {clockText(bucket.time, zone)}
                </th>
                {levels.map((level) => (
                  <td key={level} className="num">
                    {countText(bucket.counts[level] ?? 0)}
                  </td>
                ))}
                <td className="num">{countText(totalOf(bucket))}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}

function totalOf({ counts }: Bucket): number {
  return LEVELS.reduce((sum, level) => sum + (counts[level] ?? 0), 0);
}

interface BarProps {
  readonly bucket: Bucket;
  readonly at: number;
  readonly of: number;
  readonly most: number;
  readonly hatch: string;
}

function Bar({ bucket, at, of, most, hatch }: BarProps) {
  const width = WIDTH / of;
  const x = at * width;
  const gap = Math.min(1.5, width * 0.15);
  const box = { x: x + gap / 2, width: width - gap };
  let top = HEIGHT;
  const parts = [...LEVELS].reverse().map((level) => {
    const count = bucket.counts[level] ?? 0;
    // A single error among thousands of records must be seen.
    const height = count === 0 ? 0 : Math.max((count / most) * HEIGHT, 1.5);
    top -= height;
    return count > 0 && <rect key={level} {...box} y={top} height={height} className={`fill-${level}`} />;
  });
  return (
    <g>
      {parts}
      {bucket.partial && <rect {...box} y={top} height={HEIGHT - top} fill={`url(#${hatch})`} />}
    </g>
  );
}

function SelectionBox({ selection, of }: { readonly selection: Selection; readonly of: number }) {
  const first = Math.min(selection.anchor, selection.head);
  const last = Math.max(selection.anchor, selection.head);
  const width = WIDTH / of;
  return <rect className="selection" x={first * width} y={0} width={(last - first + 1) * width} height={HEIGHT} />;
}

function BucketText({ bucket, zone }: { readonly bucket: Bucket; readonly zone: Zone }) {
  const present = LEVELS.filter((level) => (bucket.counts[level] ?? 0) > 0);
  const span = durationText(millis(bucket.end) - millis(bucket.time));
  return (
    <span>
      {dayText(bucket.time, zone)} {clockText(bucket.time, zone)} + {span}:{' '}
      {present.length === 0
        ? 'nothing'
        : present.map((level) => `${countText(bucket.counts[level] ?? 0)} ${level}`).join(' · ')}
      {bucket.partial && ' (partial)'}
    </span>
  );
}
