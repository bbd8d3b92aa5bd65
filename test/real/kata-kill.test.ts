// kill -9 inside joins and inside the window for doubles: the documents are those of an import that nobody killed.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import type { Random } from '../../samples/random.js';
import { BulkServer } from '../support/bulk-server.ts';
import { scratchFolders } from '../support/folder.ts';
import { contentOf, type Happening, Moments } from '../support/moments.ts';
import { importAll, Program, stateOf } from '../support/program.ts';
import { seededRandom } from '../support/seed.ts';

const KILLS = 50;
const RECORDS = 12_000;
const PODS = 4;

const folderOf = scratchFolders();

const instant = (n: number, ns: string): string =>
  `${new Date(Date.UTC(2026, 2, 1) + n * 7).toISOString().slice(0, -1)}${ns}Z`;

/** What a node's journal has of the shims of some pods: nearly all of it torn, or there twice. */
class NodeLog {
  readonly #random: Random;
  readonly #late: { readonly at: number; readonly message: string }[] = [];
  readonly lines: string[] = [];

  constructor(random: Random) {
    this.#random = random;
    while (this.lines.length < RECORDS) this.#next();
    while (this.#late.length > 0) this.#release(Number.POSITIVE_INFINITY);
  }

  #next(): void {
    const n = this.lines.length;
    const pod = this.#random.int(1, PODS);
    this.#release(n);
    if (this.#random.chance(0.5)) this.#twice(n, pod);
    else if (this.#random.chance(0.7)) this.#torn(n, pod);
    else this.#put('kata', pod, this.#console(n, pod, `[    1.${String(n).padStart(6, '0')}] virtio_blk virtio0`));
  }

  /** The shim's record and, up to some hundred records later, containerd's copy of it. */
  #twice(n: number, pod: number): void {
    const text = (time: string): string =>
      `time="${time}" level=info msg="record ${n}" name=containerd-shim-v2 pid=${pod} sandbox=${sandbox(pod)} source=containerd-kata-shim-v2`;
    this.#put('kata', pod, text(instant(n, '1')));
    const copy = `node1 containerd[812]: ${text(instant(n, '100000'))}`;
    this.#late.push({ at: n + this.#random.int(1, 400), message: copy });
  }

  /** A record of the agent that came in pieces, with lines of others between them. */
  #torn(n: number, pod: number): void {
    const agent = JSON.stringify({
      msg: `agent ${n}`,
      level: 'INFO',
      ts: instant(n, '1'),
      name: 'kata-agent',
      source: 'agent',
    });
    const at = this.#random.int(1, agent.length - 1);
    this.#put('kata', pod, this.#console(n, pod, agent.slice(0, at)));
    for (let left = this.#random.int(0, 8); left > 0; left--) {
      const other = (pod % PODS) + 1;
      const line = this.lines.length;
      this.#put('kata', other, this.#console(line, other, `[    2.${String(line).padStart(6, '0')}] sd 0:0:0:0`));
    }
    this.#put('kata', pod, this.#console(n, pod, agent.slice(at)));
  }

  #console(n: number, pod: number, text: string): string {
    return `time="${instant(n, '1')}" level=debug msg="reading guest console" name=containerd-shim-v2 pid=${pod} sandbox=${sandbox(pod)} source=virtcontainers subsystem=sandbox vmconsole=${JSON.stringify(text)}`;
  }

  #put(ident: string, pod: number, text: string): void {
    this.#write(`node1 ${ident}[${pod}]: ${text}`);
  }

  #release(n: number): void {
    const due = this.#late.findIndex(({ at }) => at <= n);
    if (due >= 0) this.#write((this.#late.splice(due, 1)[0] as { message: string }).message);
  }

  #write(message: string): void {
    const n = this.lines.length;
    const time = instant(n, '');
    this.lines.push(JSON.stringify({ time, n, message: `${time} ${message}` }));
  }
}

const sandbox = (pod: number): string => String(pod).repeat(64);

function configOf(log: string, match: string): string {
  const parse =
    '<parse>\n    @type json\n    time_key time\n    time_type string\n    time_format %iso8601\n    keep_time_key true\n  </parse>';
  const source = `<source>\n  @type tail\n  path ${log}\n  tag node\n  read_from_head true\n  ${parse}\n</source>\n`;
  return `${source}<filter **>\n  @type kata\n</filter>\n${match}`;
}

interface Target {
  readonly name: string;
  readonly match: string;
  readonly moments: Moments;
  readonly happenings: readonly Happening[];
  /** The documents that are there, and then are there no more. */
  takeAll(): readonly string[];
}

/** Imports from nothing, killed at moments that chance picks, again and again until it was killed often enough. */
async function expectSameAfterKills({ name, match, moments, happenings, takeAll }: Target): Promise<void> {
  const random = seededRandom(name);
  const { lines } = new NodeLog(random);
  const begin = (): { readonly folder: string; readonly config: string } => {
    const folder = folderOf(name);
    fs.mkdirSync(stateOf(folder), { mode: 0o700 });
    fs.writeFileSync(path.join(folder, 'node.log'), `${lines.join('\n')}\n`);
    return { folder, config: configOf(path.join(folder, 'node.log'), match) };
  };
  await importAll(begin());
  const expected = takeAll();
  expect(expected.filter((document) => document.includes('"repairs":["C2"]')).length).toBeGreaterThan(RECORDS / 20);
  expect(expected.length).toBeLessThan(lines.length - RECORDS / 10);
  for (let kills = 0; kills < KILLS; ) {
    const { folder, config } = begin();
    const unwatch = moments.watch(stateOf(folder), 'state changed');
    let isKilled = true;
    while (isKilled && kills < KILLS) {
      const program = Program.start({ config, folder, once: true });
      isKilled = await moments.killAt(program, { what: random.pick(happenings), nth: random.int(1, 6) });
      if (isKilled) kills++;
    }
    unwatch();
    await importAll({ config, folder });
    expect(differenceOf(takeAll(), expected)).toEqual({ more: [], missing: [] });
  }
}

function differenceOf(found: readonly string[], expected: readonly string[]): object {
  const [has, wants] = [new Set(found), new Set(expected)];
  const twice = found.filter((document, index) => found.indexOf(document) !== index);
  return {
    more: [...found.filter((document) => !wants.has(document)), ...twice],
    missing: expected.filter((document) => !has.has(document)),
  };
}

test(`output elasticsearch: ${KILLS} kills`, async () => {
  const server = await BulkServer.start();
  const moments = new Moments();
  server.script = (_, items) => {
    // A dead program would not have had an answer; what it sent may have been stored or not.
    const isDead = moments.note('bulk received', () => items.join('\n'));
    return isDead && items.length % 2 === 0 ? { kind: 'reset' } : { kind: 'take' };
  };
  const { port } = new URL(server.origin);
  const match = `<match **>\n  @type elasticsearch\n  host 127.0.0.1\n  port ${port}\n  logstash_format true\n  <buffer tag>\n    chunk_limit_size 96k\n    flush_interval 0.02\n  </buffer>\n</match>\n`;
  await expectSameAfterKills({
    ...{ name: 'kata-kill-search', match, moments, happenings: ['bulk received', 'state changed'] },
    takeAll: () => {
      const documents = [...server.stored].map(([key, document]) => `${key} ${document}`).sort();
      server.stored.clear();
      return documents;
    },
  });
  await server.stop();
});

test(`output file: ${KILLS} kills`, async () => {
  const out = folderOf('kata-kill-out');
  const moments = new Moments();
  const unwatch = moments.watch(out, 'output changed');
  const match = `<match **>\n  @type file\n  path ${out}/out.log\n  format json\n  append true\n</match>\n`;
  await expectSameAfterKills({
    ...{ name: 'kata-kill-file', match, moments, happenings: ['output changed', 'state changed'] },
    takeAll: () => {
      const documents = contentOf(out).split('\n').slice(0, -1);
      for (const name of fs.readdirSync(out)) fs.rmSync(path.join(out, name));
      return documents;
    },
  });
  unwatch();
});
