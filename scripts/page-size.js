// How much a browser must load: fails where the page grew beyond its budget. Sizes are of the gzipped files.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { root } from './setup.js';

/** Bytes of JavaScript before anything is shown, and of all JavaScript there is. */
const INITIAL_MAX = 220_000;
const ALL_MAX = 350_000;

const page = readFileSync(`${root}dist/web/index.html`, 'utf8');
const sizes = readdirSync(`${root}dist/web/assets`)
  .filter((name) => name.endsWith('.js'))
  .map((name) => ({
    isInitial: page.includes(name),
    bytes: gzipSync(readFileSync(`${root}dist/web/assets/${name}`), { level: 9 }).length,
  }));
const sum = (list) => list.reduce((total, { bytes }) => total + bytes, 0);
const initial = sum(sizes.filter(({ isInitial }) => isInitial));
const all = sum(sizes);
console.log(
  `JavaScript of the page, gzipped: ${initial} bytes at once (limit ${INITIAL_MAX}), ${all} in all (limit ${ALL_MAX})`,
);
process.exitCode = initial > 0 && initial <= INITIAL_MAX && all <= ALL_MAX ? 0 : 1;
