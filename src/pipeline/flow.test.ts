import { expect, test } from 'vitest';
import { Flow } from './flow.ts';

test('a reader waits while the bound is reached and goes on when bytes are settled', async () => {
  const flow = new Flow(100);
  const never = new AbortController().signal;
  await flow.room(never);
  flow.take(100);
  const order: string[] = [];
  const waiting = flow.room(never).then(() => order.push('room'));
  order.push('before');
  flow.give(1);
  await waiting;
  expect(order).toEqual(['before', 'room']);
});

test('a wait ends with the signal', async () => {
  const flow = new Flow(1);
  flow.take(5);
  const stop = new AbortController();
  const waiting = flow.room(stop.signal);
  stop.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
  await expect(flow.room(stop.signal)).rejects.toThrow('stopped');
});

test('empty resolves when the last byte is settled', async () => {
  const flow = new Flow(100);
  flow.take(10);
  const waiting = flow.empty(new AbortController().signal);
  flow.give(4);
  flow.give(6);
  await waiting;
  expect(flow.bytes).toBe(0);
});
