// What understanding Kata costs, against `jq -c .` in the same run: filter kata in a bulk road, and `katalog parse`.
//
//   node bench/kata.js [--size 200m] [--rounds 3] [--jobs KJ,KL,KP] [--check]; without a size each job has its own
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeSalvageSet } from '../samples/salvage/set.js';
import { measuredRun, Sink } from './measured-run.js';
import { nativeProgram } from './native.js';
import { parseSize, workloadFile } from './workload.js';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const PROGRAM = here('../bin/katalog.js');

/** Ratio of CPU s/GB to `jq -c .` on the JSON of job J1, and the largest resident set in 10⁶ bytes. */
const JOBS = {
  KJ: {
    what: 'J1 with filter kata',
    size: '200m',
    input: (bytes) => jsonInput(bytes),
    run: runFilter,
    ratio: 0.3,
    peakMB: 200,
  },
  KL: { what: 'L1 with filter kata', size: '200m', input: logfmtInput, run: runFilter, ratio: 0.3, peakMB: 200 },
  KP: {
    what: 'parse -o ndjson, mixed files',
    size: '1000m',
    input: mixedInput,
    run: runParse,
    ratio: 0.4,
    peakMB: 200,
  },
};

/** Bytes of log that a record of a salvage set takes, about. */
const BYTES_PER_RECORD = 560;
/** Part of the folder names: a new number makes everybody generate anew. */
const SET_VERSION = 1;

function jsonInput(bytes) {
  return inputOf([workloadFile('json', bytes)], true);
}

function logfmtInput(bytes) {
  return inputOf([workloadFile('logfmt', bytes)], true);
}

/** Log files of every kind at the default rates of damage. */
function mixedInput(bytes) {
  const directory = here(`data/kata-mixed-${bytes}-v${SET_VERSION}`);
  const truth = `${directory}/truth.ndjson`;
  if (!fs.existsSync(directory)) {
    const draft = `${directory}.partial`;
    fs.rmSync(draft, { recursive: true, force: true });
    writeSalvageSet({ directory: draft, records: Math.ceil(bytes / BYTES_PER_RECORD) });
    fs.renameSync(draft, directory);
  }
  fs.rmSync(truth, { force: true });
  return inputOf(fs.readdirSync(directory).map((name) => `${directory}/${name}`));
}

/** Also reads the files once, so that every run finds them in memory. */
function inputOf(files, counts = false) {
  const records = counts
    ? Number(
        execFileSync('wc', ['-l', ...files], { encoding: 'utf8' })
          .trim()
          .split(' ')[0],
      )
    : undefined;
  for (const file of files) fs.readFileSync(file);
  return { files, records, bytes: files.reduce((sum, file) => sum + fs.statSync(file).size, 0) };
}

async function inScratchFolder(work) {
  fs.mkdirSync(here('data'), { recursive: true });
  const folder = fs.mkdtempSync(here('data/run-'));
  try {
    return await work(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function runFloor({ files, bytes }) {
  const run = await inScratchFolder((folder) =>
    measuredRun(['sh', '-c', 'exec jq -c . "$0" >/dev/null', ...files], folder),
  );
  if (run.failure) throw new Error(`jq ${run.failure}`);
  return run.cpuS / (bytes / 1e9);
}

async function runFilter(job, { files, records }) {
  return inScratchFolder(async (folder) => {
    const sink = await Sink.start();
    const env = { BENCH_IN: files[0], BENCH_RUN: folder, BENCH_PORT: String(sink.port) };
    const arguments_ = ['run', '-c', here(`jobs/${job}.conf`), '--once', '--state-dir', `${folder}/state`];
    const run = await measuredRun([process.execPath, PROGRAM, ...arguments_], folder, env);
    const { documents, refused } = await sink.stop();
    const isWhole = documents === records && refused === 0;
    return isWhole ? run : { ...run, failure: run.failure ?? `the sink took ${documents} of ${records} records` };
  });
}

async function runParse(_job, { files }) {
  const command = 'exec "$0" "$@" >/dev/null';
  return inScratchFolder((folder) =>
    measuredRun(['sh', '-c', command, process.execPath, PROGRAM, 'parse', '-q', '-o', 'ndjson', ...files], folder),
  );
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[sorted.length >> 1] + sorted[(sorted.length - 1) >> 1]) / 2;
}

/** Floor and program in turn, round by round: what slows the machine for a while hits both. */
async function measure(job, rounds, size) {
  const { input, run, size: usual } = JOBS[job];
  const sizeBytes = parseSize(size ?? usual);
  const floorInput = jsonInput(sizeBytes);
  const given = input(sizeBytes);
  const floors = [];
  const costs = [];
  const peaks = [];
  for (let round = 1; round <= rounds; round++) {
    const floor = await runFloor(floorInput);
    const own = await run(job, given);
    if (own.failure) throw new Error(`${job}: ${own.failure}`);
    const cost = own.cpuS / (given.bytes / 1e9);
    floors.push(floor);
    costs.push(cost);
    peaks.push(own.peakMB);
    console.error(
      `round ${round} ${job}: jq ${floor.toFixed(1)} s/GB, katalog ${cost.toFixed(1)} s/GB, ratio ${(cost / floor).toFixed(3)}`,
    );
  }
  return { job, floor: median(floors), cost: median(costs), peakMB: Math.max(...peaks) };
}

function report({ job, floor, cost, peakMB }) {
  const { what, ratio, peakMB: peakLimit } = JOBS[job];
  const figures = `jq ${floor.toFixed(1)} s/GB, katalog ${cost.toFixed(1)} s/GB, ratio ${(cost / floor).toFixed(3)} (limit ${ratio})`;
  console.log(`${job} ${what}: ${figures}, peak RSS ${peakMB.toFixed(0)} MB (limit ${peakLimit})`);
  return cost / floor <= ratio && peakMB <= peakLimit;
}

async function main() {
  const { values } = parseArgs({
    options: {
      size: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      jobs: { type: 'string', default: Object.keys(JOBS).join(',') },
      check: { type: 'boolean', default: false },
    },
  });
  const jobs = values.jobs.split(',');
  const unknown = jobs.find((job) => !Object.hasOwn(JOBS, job));
  if (unknown !== undefined) throw new Error(`not a job: ${unknown} (there are ${Object.keys(JOBS).join(', ')})`);
  for (const name of ['sink', 'measure']) nativeProgram(name);
  let areKept = true;
  for (const job of jobs) areKept = report(await measure(job, Number(values.rounds), values.size)) && areKept;
  if (values.check && !areKept) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exitCode = 64;
}
