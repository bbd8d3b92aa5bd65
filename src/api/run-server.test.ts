import { afterEach, beforeEach, expect, test } from 'vitest';
import { Counters } from '../pipeline/counters.ts';
import { Health } from '../pipeline/health.ts';
import { RunServer } from './run-server.ts';

const counters = new Counters();
const health = new Health();
let server: RunServer;

beforeEach(async () => {
  health.clear();
  server = await RunServer.start('127.0.0.1', 0, () => ({
    counters,
    health,
    inFlightBytes: () => 12,
    lagBytes: () => undefined,
  }));
});
afterEach(() => server.close());

async function ask(path: string, method = 'GET'): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
  return { status: answer.status, text: await answer.text() };
}

test('healthy until there is trouble, and again when it is over', async () => {
  expect(await ask('/healthz')).toEqual({ status: 200, text: '{"status":"ok"}' });
  health.note('systemd', '/var/log/journal/a.journal', 'incompatible flags 0x40 are not known');
  const { status, text } = await ask('/healthz');
  expect(status).toBe(503);
  expect(JSON.parse(text)).toEqual({
    status: 'unhealthy',
    troubles: [{ plugin: 'systemd', what: '/var/log/journal/a.journal', why: 'incompatible flags 0x40 are not known' }],
  });
  expect((await ask('/metrics')).text).toContain('\nkatalog_unhealthy 1\n');
  health.note('systemd', '/var/log/journal/a.journal', undefined);
  expect((await ask('/healthz')).status).toBe(200);
});

test('metrics tell the counters by plugin, whatever it is called', async () => {
  counters.add('in "a"\\\n', 'entries', 3);
  const { text } = await ask('/metrics');
  expect(text).toContain('# TYPE katalog_entries_total counter\n');
  expect(text).toContain('katalog_entries_total{plugin="in \\"a\\"\\\\\\n"} 3\n');
  expect(text).toContain('\nkatalog_in_flight_bytes 12\n');
});

test.each([
  ['/', 'GET', 404],
  ['/healthz', 'POST', 405],
])('%s by %s is refused', async (path, method, status) => {
  expect((await ask(path, method)).status).toBe(status);
});

test('a port that is taken is told', async () => {
  await expect(RunServer.start('127.0.0.1', server.port, () => undefined)).rejects.toMatchObject({
    code: 'api/listen',
  });
});
