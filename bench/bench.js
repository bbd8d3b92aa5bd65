// Measures `katalog run` against `jq -c .` in the same run, and writes bench/results.md.
//
//   node bench/bench.js [--size 200m] [--rounds 5] [--jobs J1,L1,F5] [--check]
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measuredRun, Sink } from './measured-run.js';
import { nativeProgram } from './native.js';
import { brokenLimits, reportText } from './report.js';
import { verify } from './verify.js';
import { parseSize, workloadFile } from './workload.js';

const USAGE = `usage: node bench/bench.js [--size 200m] [--rounds 5] [--jobs J1,L1,F5] [--check] [--program FILE]
  --check         exit 1 when a limit is broken or the output is wrong
  --program FILE  a script for Node that takes the arguments of bin/katalog.js
       node bench/journal.js …  (npm run bench -- journal …): journals beside journalctl`;

/** Kind of input per job; its configuration is bench/jobs/JOB.conf. */
const JOBS = { J1: 'json', L1: 'logfmt', F5: 'json' };

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

function readFlags() {
  const { values } = parseArgs({
    options: {
      size: { type: 'string', default: '200m' },
      rounds: { type: 'string', default: '5' },
      jobs: { type: 'string', default: Object.keys(JOBS).join(',') },
      program: { type: 'string', default: here('../bin/katalog.js') },
      check: { type: 'boolean', default: false },
    },
  });
  const jobs = values.jobs.split(',');
  const unknown = jobs.find((job) => !Object.hasOwn(JOBS, job));
  if (unknown !== undefined) throw new Error(`not a job: ${unknown} (there are ${Object.keys(JOBS).join(', ')})`);
  if (!/^[1-9]\d{0,2}$/.test(values.rounds)) throw new Error(`not a number of rounds: ${values.rounds}`);
  return { ...values, jobs, rounds: Number(values.rounds), sizeBytes: parseSize(values.size) };
}

async function inScratchFolder(work) {
  const folder = fs.mkdtempSync(here('data/run-'));
  try {
    return await work(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Also reads the file once, so that every run finds it in memory. */
function inputOf(kind, sizeBytes) {
  const file = workloadFile(kind, sizeBytes);
  const records = Number(execFileSync('wc', ['-l', file], { encoding: 'utf8' }).trim().split(' ')[0]);
  return { kind, file, records, bytes: fs.statSync(file).size };
}

function withRates(run, bytes) {
  return { ...run, cpuPerGB: run.cpuS / (bytes / 1e9), mbPerS: bytes / 1e6 / run.wallS };
}

async function runFloor(input) {
  return inScratchFolder(async (folder) => {
    // The shell replaces itself by jq: only jq is counted.
    const run = await measuredRun(['sh', '-c', 'exec jq -c . "$0" >/dev/null', input.file], folder);
    if (run.failure) throw new Error(`jq ${run.failure}`);
    return withRates(run, input.bytes);
  });
}

/** @param wanted documents that must arrive; undefined: any number, as the dump will be looked at. */
async function runKatalog(program, job, input, { wanted, dumpFile } = {}) {
  return inScratchFolder(async (folder) => {
    const sink = await Sink.start(dumpFile);
    const env = { BENCH_IN: input.file, BENCH_RUN: folder, BENCH_PORT: String(sink.port) };
    const arguments_ = ['run', '-c', here(`jobs/${job}.conf`), '--once', '--state-dir', `${folder}/state`];
    const command = [process.execPath, program, ...arguments_];
    const { run, counts } = await measuredRun(command, folder, env)
      .then(async (run) => ({ run, counts: await sink.stop() }))
      .finally(() => sink.kill());
    if (run.failure) return run;
    const { documents, refused, firstBulkNs } = counts;
    const isRight = (wanted === undefined || documents === wanted) && refused === 0;
    const failure = isRight
      ? undefined
      : `the sink took ${documents} of ${wanted} records and refused ${refused} requests`;
    return { ...withRates(run, input.bytes), failure, firstBulkS: Number(firstBulkNs - run.startNs) / 1e9 };
  });
}

/** @returns {fault: what is wrong with a job's output, or undefined, wanted: documents that it must make}. */
async function verified(program, job, input) {
  return inScratchFolder(async (folder) => {
    const dumpFile = `${folder}/dump`;
    const { failure } = await runKatalog(program, job, input, { dumpFile });
    if (failure) return { fault: failure };
    const { ok, records, faults, examples } = verify(job, input.file, dumpFile);
    const fault = ok ? undefined : `the output is wrong: ${JSON.stringify(faults)}\n${examples.join('\n')}`;
    return { fault, wanted: records };
  });
}

function summary(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  return { median: (lower + upper) / 2, least: sorted[0], most: sorted.at(-1) };
}

function summaries(runs) {
  const figures = ['cpuS', 'cpuPerGB', 'peakMB', 'mbPerS', 'firstBulkS'];
  return Object.fromEntries(figures.map((name) => [name, summary(runs.map((run) => run[name]))]));
}

/** Floor and program in turn, job by job, round by round: what slows the machine for a while hits both. */
async function runRounds(flags, states, floorInput) {
  for (let round = 1; round <= flags.rounds; round++) {
    for (const state of states.filter(({ fault }) => fault === undefined)) {
      const floor = await runFloor(floorInput);
      const own = await runKatalog(flags.program, state.job, state.input, state);
      state.fault = own.failure;
      if (own.failure) {
        console.error(`round ${round} ${state.job}: ${own.failure}`);
        continue;
      }
      state.floors.push(floor);
      state.owns.push(own);
      const ratio = (own.cpuPerGB / floor.cpuPerGB).toFixed(4);
      console.error(
        `round ${round} ${state.job}: jq ${floor.cpuS.toFixed(2)} s, katalog ${own.cpuS.toFixed(2)} s, ratio ${ratio}`,
      );
    }
  }
}

function result({ job, input, fault, floors, owns }) {
  if (fault !== undefined || owns.length === 0) return { job, input, fault: fault ?? 'no run' };
  const floor = summaries(floors);
  const run = summaries(owns);
  return { job, input, floor, own: { run, ratio: run.cpuPerGB.median / floor.cpuPerGB.median } };
}

async function main() {
  const flags = readFlags();
  for (const name of ['sink', 'measure']) nativeProgram(name);
  const floorInput = inputOf('json', flags.sizeBytes);
  const states = [];
  for (const job of flags.jobs) {
    const input = JOBS[job] === 'json' ? floorInput : inputOf(JOBS[job], flags.sizeBytes);
    const { fault, wanted } = await verified(flags.program, job, input);
    console.error(`${job}: ${fault ?? `${wanted} of ${input.records} records verified`}`);
    states.push({ job, input, fault, wanted, floors: [], owns: [] });
  }
  await runRounds(flags, states, floorInput);
  const jobs = states.map(result);
  const text = reportText({ jobs, rounds: flags.rounds });
  fs.writeFileSync(here('results.md'), text);
  process.stdout.write(text);
  const broken = flags.check ? jobs.flatMap(brokenLimits) : [];
  for (const limit of broken) console.error(`limit broken: ${limit}`);
  process.exitCode = broken.length > 0 || jobs.some(({ fault }) => fault) ? 1 : 0;
}

try {
  await main();
} catch (error) {
  console.error(`bench: ${error.message}\n${USAGE}`);
  process.exitCode = 64;
}
