// Measures `katalog journal` against journalctl on the same journal, in the same run.
//
//   node bench/journal.js [--entries 500000] [--rounds 3] [--directory DIR] [--check]
//   node bench/journal.js --rare 3000 --entries 300000,3000000 [--rounds 3] [--check]
//
// With --rare: that many matching entries in journals of two sizes; their cost must not grow with what does not match.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { journalOf } from './journal-workload.js';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const program = here('../bin/katalog.js');

/** What the same matches may cost more in the larger journal. */
const GROWTH_LIMIT = 1.3;

/** Jobs and the largest share of journalctl's CPU time that Katalog may take. */
const JOBS = [
  { name: 'all entries as JSON', args: ['-o', 'json'], limit: 1 / 12 },
  { name: 'one match as JSON', args: ['-o', 'json', 'SYSLOG_IDENTIFIER=kata'], limit: 1 / 6 },
];

/** CPU seconds, user and system, of one command whose output goes nowhere. */
function cpuSeconds(command, args) {
  const timed = spawnSync('bash', ['-c', 'TIMEFORMAT="%U %S"; time "$@" >/dev/null', 'bash', command, ...args], {
    encoding: 'utf8',
  });
  if (timed.status !== 0) throw new Error(`${command} ended with ${timed.status}: ${timed.stderr}`);
  const [user, system] = timed.stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return user + system;
}

function countOf(command, args) {
  const { stdout } = spawnSync('bash', ['-c', '"$@" | grep -c "__CURSOR"', 'bash', command, ...args], {
    encoding: 'utf8',
  });
  return Number(stdout);
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function readFlags() {
  const { values } = parseArgs({
    options: {
      entries: { type: 'string' },
      rare: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      directory: { type: 'string' },
      check: { type: 'boolean', default: false },
    },
  });
  const sizes = (values.entries ?? (values.rare ? '30000,300000' : '500000')).split(',').map(Number);
  return { ...values, sizes, rounds: Number(values.rounds), rare: Number(values.rare ?? 0) };
}

/** Katalog beside journalctl; whether a limit is broken. */
function compare({ name, args, limit }, directory, rounds) {
  const theirs = ['-D', directory, ...args];
  const ours = [program, 'journal', ...theirs];
  const entries = countOf('journalctl', theirs);
  if (countOf(process.execPath, ours) !== entries) throw new Error(`${name}: the numbers of entries differ`);
  const figures = Array.from({ length: rounds }, () => {
    const journalctl = cpuSeconds('journalctl', theirs);
    return { journalctl, katalog: cpuSeconds(process.execPath, ours) };
  });
  const journalctl = median(figures.map((figure) => figure.journalctl));
  const katalog = median(figures.map((figure) => figure.katalog));
  const share = katalog / journalctl;
  console.log(
    `${name}: ${entries} entries, journalctl ${journalctl.toFixed(2)} CPU s, katalog ${katalog.toFixed(2)} CPU s, 1/${(1 / share).toFixed(1)} (limit 1/${(1 / limit).toFixed(0)})`,
  );
  return share > limit;
}

/** The same matches in a small and in a large journal; whether the limit is broken. */
function compareSizes([small, large], rounds) {
  const run = (directory) => [program, 'journal', '-D', directory, '-o', 'json', 'SYSLOG_IDENTIFIER=rare'];
  const figures = Array.from({ length: rounds }, () => ({
    small: cpuSeconds(process.execPath, run(small)),
    large: cpuSeconds(process.execPath, run(large)),
  }));
  const [few, many] = [median(figures.map((figure) => figure.small)), median(figures.map((figure) => figure.large))];
  const counts = [small, large].map((directory) => countOf(process.execPath, run(directory)));
  console.log(
    `${counts.join(' and ')} matching entries: ${few.toFixed(3)} and ${many.toFixed(3)} CPU s, ${(many / few).toFixed(2)} times (limit ${GROWTH_LIMIT})`,
  );
  return many / few > GROWTH_LIMIT || counts[0] !== counts[1];
}

async function main() {
  const { sizes, rare, rounds, directory, check } = readFlags();
  const broken = [];
  if (rare > 0) {
    const directories = [];
    for (const size of sizes) directories.push(await journalOf(size, rare));
    broken.push(compareSizes(directories, rounds));
  } else {
    const place = directory ?? (await journalOf(sizes[0]));
    for (const job of JOBS) broken.push(compare(job, place, rounds));
  }
  process.exitCode = check && broken.includes(true) ? 1 : 0;
}

await main();
