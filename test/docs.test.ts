// The documents: what they and the sources point to is there, and the catalogue of damage is whole.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const PLACES = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'docs', 'examples', 'samples', 'scripts', 'src'];
const LINK = /\]\((?!https?:)([\w./-]+)(?:#[\w-]*)?\)/g;
const PAGE = /\bdocs\/[a-z-]+\/[\w-]+\.md\b/g;

function filesIn(place: string): string[] {
  const whole = path.join(root, place);
  if (fs.statSync(whole).isFile()) return [whole];
  return fs
    .readdirSync(whole, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:md|ts|js|conf)$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

test('every page that is named is there', () => {
  const named = PLACES.flatMap(filesIn).flatMap((file) => fs.readFileSync(file, 'utf8').match(PAGE) ?? []);
  expect(named).toContain('docs/reference/salvage.md');
  expect([...new Set(named)].filter((page) => !fs.existsSync(path.join(root, page)))).toEqual([]);
});

test('every link leads to a file', () => {
  const links = PLACES.flatMap(filesIn)
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) => [...fs.readFileSync(file, 'utf8').matchAll(LINK)].map(([, to = '']) => ({ file, to })));
  expect(links.length).toBeGreaterThan(5);
  expect(links.filter(({ file, to }) => !fs.existsSync(path.join(path.dirname(file), to)))).toEqual([]);
});

test('the catalogue of damage has a row for each kind', () => {
  const page = fs.readFileSync(path.join(root, 'docs/reference/salvage.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (C\d+) \|/gm)].map(([, name]) => name);
  expect(rows).toEqual(Array.from({ length: 26 }, (_, at) => `C${at + 1}`));
});
