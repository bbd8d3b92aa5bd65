import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import type { Json } from '../../core/plugin.ts';
import { lockDirectory } from '../../store/lock.ts';
import { CommitLog } from './commit-log.ts';
import { STATE_VERSION, snapshotOf } from './model.ts';
import { State } from './state.ts';

function temporary(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-state-'));
}

test('everything that was recorded is there after a restart, also without a clean end', () => {
  const directory = temporary();
  const state = State.open(directory, () => 0);
  const stream = state.openStream(
    'tail:kata',
    'abcdefghijk',
    { path: '/var/log/kata.log', ino: 7 },
    new Map([['es', 10]]),
  );
  const gone = state.openStream('tail:kata', 'lmnopqrstuv', {}, new Map([['es', 0]]));
  state.updateFacts(stream, { path: '/var/log/kata.log.1', ino: 7 });
  state.addTime(stream, 20, 40, { seconds: 1_582_281_087, nanos: 810_781_647 });
  state.addCut(stream, { first: '30', last: 35, end: 40 });
  const skips = new Map([['file', { to: 40, except: ['20', '30'] }]]);
  state.commit(
    [{ stream, positions: new Map([['es', 20]]), marks: new Map(), skips, joined: new Map([['38', 39]]) }],
    new Map<string, Json>([['file', { '/out': 99 }]]),
  );
  state.willWritePositionFile('/var/log/kata.pos', 1);
  state.willWritePositionFile('/var/log/kata.pos', 2);
  state.closeStream(gone);
  const again = State.open(directory, () => 0);
  expect(snapshotOf(again.model)).toEqual(snapshotOf(state.model));
  expect([...again.model.streams.values()]).toEqual([
    {
      id: 1,
      source: 'tail:kata',
      key: 'abcdefghijk',
      facts: { path: '/var/log/kata.log.1', ino: 7 },
      positions: new Map([['es', 20]]),
      marks: new Map(),
      times: [{ start: 20, end: 40, time: { seconds: 1_582_281_087, nanos: 810_781_647 } }],
      skips,
      joined: new Map([['38', 39]]),
      cuts: new Map([['30', { first: '30', last: 35, end: 40 }]]),
    },
  ]);
  expect(again.model.checkpoints.get('file')).toEqual({ '/out': 99 });
  expect(again.model.positionFiles.get('/var/log/kata.pos')).toEqual([2, 1]);
});

test('the time of a segment is forgotten once every output has passed it', () => {
  const state = State.open(temporary(), () => 0);
  const stream = state.openStream(
    's',
    'k',
    {},
    new Map([
      ['a', 0],
      ['b', 0],
    ]),
  );
  state.addTime(stream, 0, 50, { seconds: 1, nanos: 0 });
  state.commit(
    [{ stream, positions: new Map([['a', 60]]), marks: new Map(), skips: new Map(), joined: new Map() }],
    new Map(),
  );
  expect(stream.times).toHaveLength(1);
  state.commit(
    [{ stream, positions: new Map([['b', 50]]), marks: new Map(), skips: new Map(), joined: new Map() }],
    new Map(),
  );
  expect(stream.times).toHaveLength(0);
});

test('a state of a newer release is refused', () => {
  const directory = temporary();
  CommitLog.start(directory, 0, () => ({ t: 'snap', v: STATE_VERSION + 1 })).close();
  expect(() => State.open(directory, () => 0)).toThrow('newer release');
});

test('a second writer is told who holds the directory; a lock left behind is taken over', () => {
  const directory = temporary();
  const unlock = lockDirectory(directory, 'state/locked', 'stop it');
  expect(() => lockDirectory(directory, 'state/locked', 'stop it')).toThrow(`in use by process ${process.pid}`);
  unlock();
  fs.writeFileSync(path.join(directory, 'lock'), JSON.stringify({ pid: process.pid, born: 'another-boot/1' }));
  lockDirectory(directory, 'state/locked', 'stop it')();
  fs.writeFileSync(path.join(directory, 'lock'), 'torn');
  lockDirectory(directory, 'state/locked', 'stop it')();
  expect(fs.readdirSync(directory)).toEqual([]);
});
