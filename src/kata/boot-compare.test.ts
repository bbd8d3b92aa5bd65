// Two logs' start-up times: percentiles by phase and what counts as slower.
import { expect, test } from 'vitest';
import { compareBoots, isSlower, slowestInitcalls, startsLess, startsOf } from './boot-compare.ts';
import type { Kata } from './record.ts';
import { SandboxBook, type SandboxView } from './sandbox-book.ts';

/** Sandboxes whose kernels take so many milliseconds, and everything else 10. */
function sandboxes(...kernels: readonly number[]): readonly SandboxView[] {
  const book = new SandboxBook();
  for (const [index, kernel] of kernels.entries()) {
    const marks: readonly (readonly [number, string, string])[] = [
      [0, 'shim', 'loaded configuration'],
      [10, 'shim', 'launching /bin/qemu with: [x]'],
      [20, 'shim', 'VM started'],
      [20 + kernel, 'agent', 'announce'],
      [30 + kernel, 'shim', 'Container is started'],
    ];
    for (const [ms, component, msg] of marks) {
      const time = { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1e6 };
      book.add({ kata: { sandbox: String(index), component: component as 'shim', msg, time } });
    }
    const initcall = `initcall virtio_init+0x0/0x1 returned 0 after ${kernel * 10} usecs`;
    book.add({ kata: { sandbox: String(index), event: 'initcall', msg: initcall } });
  }
  return book.list();
}

test('phases of the sandboxes that came up', () => {
  const rows = compareBoots(sandboxes(100, 200, 300, 400), sandboxes(110));
  expect(rows.map(({ name, before, after }) => [name, before?.p50, before?.p95, after?.p50])).toEqual([
    ['total', 230, 430, 140],
    ['prepare', 10, 10, 10],
    ['vmm', 10, 10, 10],
    ['kernel', 200, 400, 110],
    ['agent', 10, 10, 10],
  ]);
});

test.each([
  ['equal', 100, 100, []],
  ['a little slower', 100, 108, []],
  ['slower', 100, 120, ['total', 'kernel']],
  ['faster', 100, 50, []],
  ['slower by less than the clock tells', 1, 1.5, []],
])('%s', (_, before, after, expected) => {
  const slower = compareBoots(sandboxes(before), sandboxes(after)).filter((row) => isSlower(row, 10));
  expect(slower.map(({ name }) => name)).toEqual(expected);
});

test('one log alone is not slower than nothing', () => {
  expect(compareBoots([], sandboxes(100)).filter((row) => isSlower(row, 10))).toEqual([]);
  expect(compareBoots([], [])).toEqual([]);
});

test('the slowest initcalls of both', () => {
  expect(slowestInitcalls(sandboxes(100), sandboxes(300, 200), 3)).toEqual([
    { name: 'virtio_init', before: 1000, after: 3000 },
  ]);
});

/** A sandbox whose start comes to no end. */
function begun(...kata: readonly Kata[]): readonly SandboxView[] {
  const book = new SandboxBook();
  for (const one of kata) book.add({ kata: { sandbox: 'x', time: { seconds: 1, nanos: 0 }, ...one } });
  return book.list();
}

test.each<readonly [string, Kata, number]>([
  ['its shim comes up', { phase: 'shim-up', msg: 'loaded configuration' }, 1],
  ['its shim is asked for it', { rpc: 'Create', rpc_edge: 'start', container: 'x', msg: 'Create() start' }, 1],
  ['its VM is launched', { component: 'shim', msg: 'launching /bin/qemu with: [x]' }, 1],
  ['it is in the log only later', { component: 'shim', msg: 'Exec() start' }, 0],
  ['it is only stopped', { component: 'shim', msg: 'Stopping sandbox in the VM' }, 0],
])('begins to start: %s', (_, kata, expected) => {
  expect(startsOf(begun(kata))).toEqual({ begun: expected, up: 0 });
});

test('those that came up', () => {
  expect(startsOf(sandboxes(100, 200))).toEqual({ begun: 2, up: 2 });
});

test.each([
  ['all come up', [3, 3], [1, 1], false],
  ['one stays behind', [3, 3], [3, 2], true],
  ['as many as before', [4, 3], [8, 6], false],
  ['fewer than before', [4, 2], [8, 6], false],
  ['none comes up', [3, 3], [3, 0], true],
  ['none before either', [3, 0], [3, 0], true],
  ['none is there', [3, 3], [0, 0], true],
  ['none was there before', [0, 0], [3, 3], false],
] as const)('a start is lost: %s', (_, [begunBefore, upBefore], [begunAfter, upAfter], expected) => {
  const [before, after] = [
    { begun: begunBefore, up: upBefore },
    { begun: begunAfter, up: upAfter },
  ];
  expect(startsLess(before, after)).toBe(expected);
});
