// kill -9 at random moments of an import, then again: no record is lost, none is there twice. At one of the kills the
// clock moves past midnight while records without a time of their own are stored and not acknowledged.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Random } from '../../samples/random.js';
import { BulkProxy } from '../support/bulk-proxy.ts';
import { scratchFolders } from '../support/folder.ts';
import { compareNumbers, GrowingLogs, numberOf } from '../support/growing-logs.ts';
import { contentOf, type Happening, type Moment, Moments } from '../support/moments.ts';
import { importAll, Program, stateOf } from '../support/program.ts';
import { describeWithServer } from '../support/search-server.ts';
import { seededRandom } from '../support/seed.ts';

const KILLS = 50;
const MIDNIGHT_KILL = 25;
const BEFORE_MIDNIGHT_MS = Date.UTC(2026, 2, 1, 23, 59, 30);
const AFTER_MIDNIGHT_MS = Date.UTC(2026, 2, 2, 0, 0, 30);
/** Last happening of each kind at which a program is killed. */
const LAST_NTH: Readonly<Record<Happening, number>> = {
  'bulk received': 4,
  'bulk stored': 4,
  'bulk answered': 4,
  'state changed': 24,
  'output changed': 24,
};

const folderOf = scratchFolders();

interface CrashLoop {
  readonly folder: string;
  readonly logs: GrowingLogs;
  readonly moments: Moments;
  readonly random: Random;
  readonly happenings: readonly Happening[];
  /** Where the untimed records of the midnight kill show that they were stored. */
  readonly midnight: Happening;
  readonly config: string;
  /** Called before each run. */
  prepare?(): void;
}

/** Imports and is killed until it was killed often enough, then imports the rest. @returns the range of the untimed records of the midnight kill. */
async function crashLoop(loop: CrashLoop): Promise<{ readonly from: number; readonly until: number }> {
  const { folder, logs, moments, random, happenings, config } = loop;
  let midnight = { from: 0, until: 0 };
  for (let kills = 0; kills < KILLS; ) {
    const isMidnight = kills === MIDNIGHT_KILL - 1;
    if (!isMidnight) logs.append('timed', random.int(0, 400));
    logs.finish();
    const from = logs.count;
    logs.append('untimed', random.int(1, 60));
    if (isMidnight) {
      logs.finish();
      midnight = { from, until: logs.count };
    }
    const what = random.pick(happenings);
    const moment: Moment = isMidnight
      ? { what: loop.midnight, nth: 1, holding: `record ${logs.count - 1} ` }
      : { what, nth: random.int(1, LAST_NTH[what]) };
    loop.prepare?.();
    const startsAtMs = kills < MIDNIGHT_KILL ? BEFORE_MIDNIGHT_MS : AFTER_MIDNIGHT_MS;
    // At midnight it goes on until it is killed: the moment must come.
    const program = Program.start({ config, folder, once: !isMidnight, startsAtMs });
    if (await moments.killAt(program, moment)) kills++;
  }
  logs.finish();
  await importAll({ config, folder, startsAtMs: AFTER_MIDNIGHT_MS });
  return midnight;
}

function sources(logs: GrowingLogs): string {
  const source = (name: string, parser: string): string =>
    `<source>\n  @type tail\n  path ${logs.path(name)}\n  tag ${name}\n  read_from_head true\n  <parse>\n    @type ${parser}\n  </parse>\n</source>\n`;
  return source('timed', 'json') + source('untimed', 'none');
}

function prepared(name: string): { readonly folder: string; readonly logs: GrowingLogs; readonly random: Random } {
  const folder = folderOf(name);
  fs.mkdirSync(stateOf(folder), { mode: 0o700 });
  const random = seededRandom(name);
  return { folder, random, logs: new GrowingLogs(folder, random) };
}

describeWithServer('kill -9 with a search server', (server) => {
  afterAll(() => server.deleteIndices('kill-*'));

  test(`${KILLS} kills during an import`, async () => {
    const { folder, logs, random } = prepared('kill-search');
    const moments = new Moments();
    const proxy = await BulkProxy.start(server.url, moments);
    const unwatch = moments.watch(stateOf(folder), 'state changed');
    const match = `<match **>\n  @type opensearch\n  port ${proxy.port}\n  logstash_prefix kill-\${tag}\n  <buffer tag>\n    chunk_limit_size 128k\n    flush_interval 0.05\n  </buffer>\n</match>\n`;
    const midnight = await crashLoop({
      folder,
      logs,
      moments,
      random,
      happenings: ['bulk received', 'bulk stored', 'bulk answered', 'state changed'],
      midnight: 'bulk stored',
      config: sources(logs) + match,
      prepare: () => {
        // Slow enough, now and then, that positions are saved while bulks are on the way.
        proxy.slowMs = random.chance(0.3) ? 100 : 0;
      },
    });
    unwatch();
    await proxy.stop();

    const stored = await server.documents('kill-*');
    const numbers = stored.map(({ source }) => numberOf(source['message']));
    expect(compareNumbers(numbers, logs.count)).toEqual({ lost: [], doubled: [] });
    const days = stored.flatMap(({ index }, i) => {
      const number = numbers[i] as number;
      return number >= midnight.from && number < midnight.until ? [index] : [];
    });
    expect(new Set(days)).toEqual(new Set(['kill-untimed-2026.03.01']));
    expect(new Set(stored.map(({ index }) => index))).toEqual(
      new Set(['kill-timed-2026.02.21', 'kill-untimed-2026.03.01', 'kill-untimed-2026.03.02']),
    );
  });
});

test(`kill -9 with output file: ${KILLS} kills during an import`, async () => {
  const { folder, logs, random } = prepared('kill-file');
  const out = path.join(folder, 'out');
  fs.mkdirSync(out);
  const moments = new Moments();
  const unwatch = [moments.watch(stateOf(folder), 'state changed'), moments.watch(out, 'output changed')];
  const match = `<match **>\n  @type file\n  path ${out}/\${tag}.%Y%m%d.log\n  format json\n  utc true\n</match>\n`;
  const midnight = await crashLoop({
    folder,
    logs,
    moments,
    random,
    happenings: ['state changed', 'output changed'],
    midnight: 'output changed',
    config: sources(logs) + match,
  });
  for (const end of unwatch) end();

  const numbersIn = (text: string): number[] =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => numberOf((JSON.parse(line) as { message: string }).message));
  expect(compareNumbers(numbersIn(contentOf(out)), logs.count)).toEqual({ lost: [], doubled: [] });
  expect(fs.readdirSync(out).toSorted()).toEqual([
    'timed.20260221.log',
    'untimed.20260301.log',
    'untimed.20260302.log',
  ]);
  const dayOne = new Set(numbersIn(fs.readFileSync(path.join(out, 'untimed.20260301.log'), 'utf8')));
  for (let n = midnight.from; n < midnight.until; n++) expect(dayOne.has(n), `record ${n}`).toBe(true);
});
