// The sample logs: the same bytes on every run, of the promised size, readable but for the damage that was put in.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateSamples, type SampleFile } from '../samples/generate.js';

const NAMES = ['kata-runtime.log', 'kata-json.log', 'kata-agent.log', 'console.log'];
/** Records that name their time, as the three record files write it; every one falls on the sample day. */
const TIME = /(?:time="|"time":"|"ts":")(\d{4}-\d\d-\d\d)T/;

let directory = '';
let files: readonly SampleFile[] = [];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'katalog-samples-'));
  files = generateSamples(join(directory, 'first'));
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function linesOf(name: string): string[] {
  return readFileSync(join(directory, 'first', name), 'utf8')
    .split('\n')
    .slice(0, -1);
}

function damageOf(name: string): ReadonlySet<number> {
  return new Set(files.find((file) => file.name === name)?.damagedLines);
}

function soundLines(name: string): string[] {
  const damaged = damageOf(name);
  return linesOf(name).filter((_, index) => !damaged.has(index + 1));
}

function digest(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

test('the files are the four of the example configuration', () => {
  const configuration = readFileSync(new URL('../examples/samples.conf', import.meta.url), 'utf8');
  expect(files.map(({ name }) => name)).toEqual(NAMES);
  for (const name of NAMES) expect(configuration).toContain(`/${name}"`);
});

test.each(NAMES)('%s: two runs write the same bytes', (name) => {
  generateSamples(join(directory, 'second'));
  expect(digest(join(directory, 'second', name))).toBe(digest(join(directory, 'first', name)));
});

test('a run over unchanged files does not touch them', () => {
  const path = join(directory, 'first', 'kata-json.log');
  const before = statSync(path, { bigint: true }).mtimeNs;
  generateSamples(join(directory, 'first'));
  expect(statSync(path, { bigint: true }).mtimeNs).toBe(before);
});

test('about 20,000 lines and 4 to 6 MB in all, and the summary says the truth', () => {
  for (const { name, lines, bytes } of files) {
    expect([name, lines]).toEqual([name, linesOf(name).length]);
    expect([name, bytes]).toEqual([name, statSync(join(directory, 'first', name)).size]);
  }
  const lines = files.reduce((sum, file) => sum + file.lines, 0);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  expect(lines).toBeGreaterThan(18_000);
  expect(lines).toBeLessThan(22_000);
  expect(bytes).toBeGreaterThan(4_000_000);
  expect(bytes).toBeLessThan(6_300_000);
});

test.each(NAMES)('%s: three places are damaged, each one or two lines', (name) => {
  expect(damageOf(name).size).toBeGreaterThanOrEqual(3);
  expect(damageOf(name).size).toBeLessThanOrEqual(6);
});

test('kata-json.log: exactly the damaged lines are no JSON', () => {
  const broken = linesOf('kata-json.log').flatMap((line, index) => (isJson(line) ? [] : [index + 1]));
  expect(broken).toEqual([...damageOf('kata-json.log')]);
});

test('kata-agent.log: a sound line is the agent’s JSON or a wrapped console line', () => {
  const sound = soundLines('kata-agent.log');
  expect(sound.filter((line) => !isJson(line) && !/^time=".* vmconsole=\S/.test(line))).toEqual([]);
  expect(sound.filter(isJson).length).toBeGreaterThan(sound.length / 2);
});

test.each(['kata-runtime.log', 'kata-json.log', 'kata-agent.log'])(
  '%s: every sound record is of 2026-03-02',
  (name) => {
    expect(soundLines(name).filter((line) => TIME.exec(line)?.[1] !== '2026-03-02')).toEqual([]);
  },
);

test('kata-runtime.log: records begin with the time and stand in its order', () => {
  // Padded to nine digits the texts sort as the times do; the writer trims trailing zeros.
  const times = soundLines('kata-runtime.log').map((line) => {
    const [, second = '', fraction = ''] = /^time="([^".]+?)(?:\.(\d+))?Z" level=[a-z]+ /.exec(line) ?? [];
    return `${second}.${fraction.padEnd(9, '0')}`;
  });
  expect(times).toEqual(times.toSorted());
  expect(times[0]).toMatch(/^2026-03-02T00:/);
});
