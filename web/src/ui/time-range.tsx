// The time that is looked at: quick choices, or two times typed.
import { useState } from 'react';
import { Popover } from './popover.tsx';
import { usePreferences } from './preferences.ts';
import { absolute, clockText, dayText } from './time.ts';

const QUICK: readonly (readonly [string, string | undefined])[] = [
  ['everything', undefined],
  ['last 15 minutes', 'now-15m'],
  ['last hour', 'now-1h'],
  ['last 6 hours', 'now-6h'],
  ['last day', 'now-1d'],
  ['last 7 days', 'now-7d'],
];

interface TimeRangeProps {
  readonly from: string | undefined;
  readonly to: string | undefined;
  onChange(from: string | undefined, to: string | undefined): void;
}

export function TimeRange({ from, to, onChange }: TimeRangeProps) {
  const { zone } = usePreferences();
  const text = (time: string | undefined, open: string): string => {
    if (time === undefined) return open;
    return time.startsWith('now') ? time : `${dayText(time, zone)} ${clockText(time, zone)}`;
  };
  const quick = QUICK.find(([, start]) => start === from && to === undefined);
  const label = quick ? quick[0] : `${text(from, 'start')} → ${text(to, 'end')}`;
  return (
    <Popover label={`◷ ${label}`} title="Time range">
      {(close) => (
        <RangeForm
          from={from}
          to={to}
          onChange={(start, end) => {
            close();
            onChange(start, end);
          }}
        />
      )}
    </Popover>
  );
}

function RangeForm({ from, to, onChange }: TimeRangeProps) {
  const [start, setStart] = useState(from ?? '');
  const [end, setEnd] = useState(to ?? '');
  const wrong = (value: string): boolean => value !== '' && absolute(value, Date.now()) === undefined;
  const kept = (value: string): string | undefined =>
    value === '' ? undefined : value.startsWith('now') ? value : absolute(value, Date.now());
  return (
    <form
      className="range-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!wrong(start) && !wrong(end)) onChange(kept(start), kept(end));
      }}
    >
      <div className="quick">
        {QUICK.map(([name, value]) => (
          <button key={name} type="button" className="button plain small" onClick={() => onChange(value, undefined)}>
            {name}
          </button>
        ))}
      </div>
      <TimeInput name="from" value={start} isWrong={wrong(start)} onChange={setStart} />
      <TimeInput name="to" value={end} isWrong={wrong(end)} onChange={setEnd} />
      <p className="muted">2026-03-02 10:00:00 (UTC), with an offset, or now-30m; empty is open</p>
      <button type="submit" className="button primary small" disabled={wrong(start) || wrong(end)}>
        show
      </button>
    </form>
  );
}

interface TimeInputProps {
  readonly name: string;
  readonly value: string;
  readonly isWrong: boolean;
  onChange(value: string): void;
}

function TimeInput({ name, value, isWrong, onChange }: TimeInputProps) {
  return (
    <label>
      {name}{' '}
      <input
        className="input mono"
        value={value}
        aria-invalid={isWrong}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}
