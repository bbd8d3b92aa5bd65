// New records as they come: a bounded ring of the latest, newest first. While it is held (somebody reads further down)
// the ring fills behind the scenes and only its count is shown.
import { useEffect, useRef, useState } from 'react';
import type { Row, TailDropped, TailRows } from '../../../src/api/contract.ts';
import { addressOf } from '../data/api.ts';

/** Most records kept; older ones leave, and are found by a search. */
const RING_ROWS = 5000;

export interface LiveTail {
  readonly rows: readonly Row[];
  /** New records that wait while it is held. */
  readonly held: number;
  /** Records that were not shown because they were too many at once. */
  readonly dropped: number;
  readonly isConnected: boolean;
}

const NOTHING: LiveTail = { rows: [], held: 0, dropped: 0, isConnected: false };

/** Follows while `isOn`; a lost connection goes on where it stood (Last-Event-ID). */
export function useLiveTail(query: string, isOn: boolean, isHeld: boolean): LiveTail {
  const [tail, setTail] = useState(NOTHING);
  const hold = useRef(isHeld);
  const release = useRef<() => void>(undefined);
  useEffect(() => {
    hold.current = isHeld;
    if (!isHeld) release.current?.();
  }, [isHeld]);
  useEffect(() => {
    setTail(NOTHING);
    if (!isOn) return;
    const following = follow(query, () => hold.current, setTail);
    release.current = following.show;
    return following.end;
  }, [query, isOn]);
  return tail;
}

type Change = (change: (before: LiveTail) => LiveTail) => void;

function follow(query: string, isHeld: () => boolean, change: Change): { show(): void; end(): void } {
  const events = new EventSource(addressOf('tail', { query }));
  // Many events may come between two frames: they are shown together.
  let waiting: Row[] = [];
  let frame = 0;
  const show = (): void => {
    frame = 0;
    if (isHeld()) {
      change((before) => ({ ...before, held: waiting.length }));
      return;
    }
    const batch = waiting.reverse();
    waiting = [];
    change((before) => ({ ...before, held: 0, rows: [...batch, ...before.rows].slice(0, RING_ROWS) }));
  };
  const drop = (count: number): void => change((before) => ({ ...before, dropped: before.dropped + count }));
  events.addEventListener('open', () => change((before) => ({ ...before, isConnected: true })));
  events.addEventListener('error', () => change((before) => ({ ...before, isConnected: false })));
  events.addEventListener('rows', ({ data }: MessageEvent<string>) => {
    waiting.push(...(JSON.parse(data) as TailRows).rows);
    if (waiting.length > RING_ROWS) {
      drop(waiting.length - RING_ROWS);
      waiting = waiting.slice(-RING_ROWS);
    }
    frame ||= requestAnimationFrame(show);
  });
  events.addEventListener('dropped', ({ data }: MessageEvent<string>) =>
    drop((JSON.parse(data) as TailDropped).dropped),
  );
  return {
    show,
    end: () => {
      cancelAnimationFrame(frame);
      events.close();
    },
  };
}
