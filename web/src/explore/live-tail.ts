// New records as they come: a bounded ring of the latest, newest first.
import { useEffect, useState } from 'react';
import type { Row, TailDropped, TailRows } from '../../../src/api/contract.ts';
import { addressOf } from '../data/api.ts';

/** Most records kept; older ones leave, and are found by a search. */
const RING_ROWS = 5000;

export interface LiveTail {
  readonly rows: readonly Row[];
  /** Records that the server did not send because this page was too slow for them. */
  readonly dropped: number;
  readonly isConnected: boolean;
}

const NOTHING: LiveTail = { rows: [], dropped: 0, isConnected: false };

/** Follows while `isOn`; a lost connection goes on where it stood (Last-Event-ID). */
export function useLiveTail(query: string, isOn: boolean): LiveTail {
  const [tail, setTail] = useState(NOTHING);
  useEffect(() => {
    setTail(NOTHING);
    if (!isOn) return;
    const events = new EventSource(addressOf('tail', { query }));
    // Many events may come between two frames: they are shown together.
    let waiting: Row[] = [];
    let frame = 0;
    const show = (): void => {
      frame = 0;
      const batch = waiting.reverse();
      waiting = [];
      setTail((before) => ({ ...before, rows: [...batch, ...before.rows].slice(0, RING_ROWS) }));
    };
    events.addEventListener('open', () => setTail((before) => ({ ...before, isConnected: true })));
    events.addEventListener('error', () => setTail((before) => ({ ...before, isConnected: false })));
    events.addEventListener('rows', ({ data }: MessageEvent<string>) => {
      waiting.push(...(JSON.parse(data) as TailRows).rows);
      if (waiting.length > RING_ROWS) waiting = waiting.slice(-RING_ROWS);
      frame ||= requestAnimationFrame(show);
    });
    events.addEventListener('dropped', ({ data }: MessageEvent<string>) => {
      const { dropped } = JSON.parse(data) as TailDropped;
      setTail((before) => ({ ...before, dropped: before.dropped + dropped }));
    });
    return () => {
      cancelAnimationFrame(frame);
      events.close();
    };
  }, [query, isOn]);
  return tail;
}
