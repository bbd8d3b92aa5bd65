// The figures as a page: what was measured, on which machine, against which budgets.
import { execFileSync } from 'node:child_process';
import * as os from 'node:os';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** The limits of `--check`: ratio of CPU s/GB to `jq -c .` by job, peak resident set, process start to first bulk request. */
export const LIMITS = { ratio: { J1: 0.12, L1: 0.12, F5: 0.2 }, peakMB: 150, firstBulkS: 0.3 };

function firstLineOf(command, ...args) {
  try {
    const stdio = ['ignore', 'pipe', 'ignore'];
    return execFileSync(command, args, { encoding: 'utf8', stdio, cwd: ROOT }).trim().split('\n')[0];
  } catch {
    return 'unknown';
  }
}

function commit() {
  const isChanged = firstLineOf('git', '--no-optional-locks', 'status', '--porcelain', '--', '.', ':!bench') !== '';
  return firstLineOf('git', 'rev-parse', '--short=12', 'HEAD') + (isChanged ? ' with changes' : '');
}

/** Facts about this machine and these programs: [name, value] pairs. */
function surroundings() {
  const cpus = os.cpus();
  return [
    ['CPU', `${cpus[0]?.model.trim() || 'unknown'}, ${cpus.length} cores`],
    ['Memory', `${(os.totalmem() / 1e9).toFixed(0)} GB`],
    ['Kernel', `${os.type()} ${os.release()} ${os.machine()}`],
    ['Node', process.version],
    ['jq', firstLineOf('jq', '--version')],
    ['Commit', commit()],
    ['Date', `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`],
  ];
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function headline(fault) {
  return fault.split('\n')[0];
}

function range({ median, least, most }, digits) {
  return `${median.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
}

function jobRows({ job, floor, own, fault }) {
  const row = (name, run, ratio, firstBulk) => [
    job,
    name,
    range(run.cpuS, 2),
    run.cpuPerGB.median.toFixed(2),
    ratio,
    range(run.peakMB, 0),
    run.mbPerS.median.toFixed(1),
    firstBulk,
  ];
  const rows = floor ? [row('`jq -c .`', floor, '1', '')] : [];
  if (fault || !own) return [...rows, [job, 'katalog', 'not counted', '', '', '', '', '']];
  return [...rows, row('katalog', own.run, own.ratio.toFixed(4), range(own.run.firstBulkS, 3))];
}

/** @returns the limits that a job breaks, as texts. */
export function brokenLimits({ job, own, fault }) {
  if (fault || !own) return [`${job}: ${headline(fault ?? 'no figures')}`];
  const { ratio, run } = own;
  const broken = [];
  const most = LIMITS.ratio[job];
  if (ratio > most) broken.push(`${job}: ratio ${ratio.toFixed(4)} > ${most}`);
  if (run.peakMB.median > LIMITS.peakMB)
    broken.push(`${job}: RSS ${run.peakMB.median.toFixed(0)} > ${LIMITS.peakMB} MB`);
  if (!(run.firstBulkS.median <= LIMITS.firstBulkS)) {
    broken.push(`${job}: first bulk after ${run.firstBulkS.median.toFixed(3)} > ${LIMITS.firstBulkS} s`);
  }
  return broken;
}

function ratioLimits() {
  return Object.entries(LIMITS.ratio)
    .map(([job, most]) => `≤ ${most} (${job})`)
    .join(', ');
}

/** The whole page in Markdown. */
export function reportText({ jobs, rounds }) {
  const head = ['job', 'program', 'CPU s', 'CPU s/GB', 'ratio to jq', 'peak RSS MB', 'MB/s', 'first bulk s'];
  const inputs = jobs.map(
    ({ job, input }) => `- ${job}: ${input.records} records of ${input.kind}, ${(input.bytes / 1e6).toFixed(1)} MB`,
  );
  // The lines behind the first are log text of this machine: for stderr, not for a page that is kept.
  const faults = jobs
    .filter((job) => job.fault)
    .map(({ job, fault }) => `**${job} is not counted:** ${headline(fault)}`);
  return `# Benchmark results

Written by \`node bench/bench.js\`; [README.md](README.md) says what the columns mean. Medians of ${rounds} rounds
(least–most); only ratios within one run can be compared between machines.

${table(['what', 'value'], surroundings())}

${inputs.join('\n')}

${[table(head, jobs.flatMap(jobRows)), ...faults].join('\n\n')}

Limits of \`--check\`: ratio ${ratioLimits()}, RSS ≤ ${LIMITS.peakMB} MB, first bulk ≤ ${LIMITS.firstBulkS} s, and every record right.
`;
}
