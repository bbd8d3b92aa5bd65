// The sandboxes of the sample day that log in full debug: what the book finds out equals what the generator knows.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { generateSamples } from '../samples/generate.js';
import { KataMemory } from '../src/kata/memory.ts';
import { KataReader } from '../src/kata/reader.ts';
import { SandboxBook } from '../src/kata/sandbox-book.ts';
import { sandboxJson } from '../src/kata/sandbox-json.ts';

interface Truth {
  readonly id: string;
  readonly pod: string;
  readonly namespace: string;
  readonly hypervisor: string;
  readonly story: string;
  readonly console: string;
  readonly first: string;
  readonly last: string;
  readonly phases: readonly {
    readonly name: string;
    readonly start: string;
    readonly end: string;
    readonly ms: number;
  }[];
  readonly causes: readonly { readonly phase: string; readonly ms: number; readonly text: string }[];
}

const LOG = 'kata-runtime.log';
const book = new SandboxBook();
let truths: readonly Truth[] = [];

beforeAll(() => {
  const directory = mkdtempSync(join(tmpdir(), 'katalog-truth-'));
  generateSamples(directory);
  truths = readFileSync(join(directory, 'sandboxes.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Truth);
  const settings = { memory: new KataMemory(), emit: book.add.bind(book), redacts: true, unwraps: true };
  const reader = new KataReader(settings);
  const text = readFileSync(join(directory, LOG), 'utf8');
  for (const [index, line] of text.split('\n').entries()) {
    reader.line(line, { path: LOG, line: index + 1, offset: 0, bytes: Buffer.byteLength(line) });
  }
  reader.end();
  rmSync(directory, { recursive: true, force: true });
});

const inFullDebug = (): readonly Truth[] => truths.filter(({ console }) => console === LOG);

/** The book's answer with the keys that the truth has. */
function found(id: string): object {
  const view = book.view(id);
  if (!view) return {};
  const { first, last, pod, namespace, hypervisor, phases } = sandboxJson(view);
  return { id, first, last, pod, namespace, hypervisor, phases };
}

test('every sandbox of the day is found, and no other', () => {
  expect(book.list().map(({ id }) => id)).toEqual(truths.map(({ id }) => id));
});

test('first and last record, pod, hypervisor and every phase are the true ones', () => {
  expect(inFullDebug().length).toBeGreaterThanOrEqual(4);
  for (const { id, first, last, pod, namespace, hypervisor, phases } of inFullDebug()) {
    expect(found(id)).toEqual({ id, first, last, pod, namespace, hypervisor, phases });
  }
});

test('the slow one: the phase that took longest is the one that the truth blames', () => {
  const slow = inFullDebug().find(({ story }) => story === 'slow');
  const blamed = slow?.causes.toSorted((one, other) => other.ms - one.ms)[0];
  const phases = (slow && book.view(slow.id)?.phases) ?? [];
  const start = phases.filter(({ name }) => name !== 'running' && name !== 'stop');
  const longest = start.toSorted((one, other) => other.ms - one.ms)[0];
  expect([longest?.name, (longest?.ms ?? 0) > (blamed?.ms ?? 1)]).toEqual([blamed?.phase, true]);
  const initcalls = slow?.causes.flatMap(({ text, ms }) => (text.startsWith('initcall ') ? [[text.slice(9), ms]] : []));
  const slowest = (slow && book.view(slow.id)?.initcalls) ?? [];
  expect(slowest.slice(0, 2).map(({ name, usecs }) => [name, usecs / 1000])).toEqual(
    initcalls?.toSorted(([, one], [, other]) => Number(other) - Number(one)),
  );
});
