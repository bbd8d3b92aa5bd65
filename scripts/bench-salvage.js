// `npm run bench:salvage -- [DIR] [--records N] [--examples FILE]`: gives every file of a salvage folder to `katalog parse` and
// compares what comes out with truth.ndjson, shape by shape. Without DIR a set of N (1,000,000) records is generated first.
// Ends with `N passed, N failed`. --examples: what went wrong, as NDJSON.
import { spawn } from 'node:child_process';
import { createReadStream, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { isKept, Score } from '../bench/salvage/score.js';
import { readFlags, refuse } from './flags.js';
import { root, setUp } from './setup.js';

const TRUTH = 'truth.ndjson';
const USAGE = 'npm run bench:salvage -- [DIR] [--records N] [--shape C1…C26] [--examples FILE]';
const WIDTHS = [5, 10, 10, 8, 10, 9, 14];

const { values, positionals } = readFlags({
  usage: USAGE,
  allowPositionals: true,
  options: { records: { type: 'string', default: '1000000' }, shape: { type: 'string' }, examples: { type: 'string' } },
});

function inputs(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== TRUTH)
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const lines = (stream) => createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });

async function score(directory) {
  const result = new Score();
  for await (const line of lines(createReadStream(join(directory, TRUTH))))
    if (line !== '') result.addTruth(JSON.parse(line));
  const args = ['bin/katalog.js', 'parse', '-o', 'ndjson', ...inputs(directory)];
  const parse = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((done) => parse.on('close', done));
  for await (const line of lines(parse.stdout)) {
    const record = JSON.parse(line);
    result.addRecord(record, relative(directory, resolve(root, record.source.path)));
  }
  const status = await ended;
  // 1 is "problems found": damaged input is what this is about.
  if (status !== 0 && status !== 1) console.log(`katalog parse ended with ${status}`);
  return { rows: result.finish(), ran: status === 0 || status === 1 };
}

function print(rows) {
  const head = ['shape', 'handled', 'expected', '%', 'invented', 'changed', 'wrong fields'];
  const table = rows.map(([name, row]) => [
    name,
    row.handled,
    row.expected,
    row.percent.toFixed(2),
    row.invented,
    row.changed,
    row.wrong,
  ]);
  for (const cells of [head, ...table])
    console.log(cells.map((cell, index) => String(cell).padStart(WIDTHS[index])).join(''));
}

let directory = positionals[0] && resolve(positionals[0]);
if (directory !== undefined && !existsSync(join(directory, TRUTH)))
  refuse(`there is no ${TRUTH} in ${directory}`, USAGE);
setUp();
const { build } = await import('./build.js');
await build();
let made;
if (directory === undefined) {
  const { writeSalvageSet } = await import('../samples/salvage/set.js');
  made = mkdtempSync(join(tmpdir(), 'katalog-salvage-'));
  directory = made;
  writeSalvageSet({ directory, records: Number(values.records), ...(values.shape && { shape: values.shape }) });
}
try {
  const { rows, ran } = await score(directory);
  print(rows);
  const failed = rows.filter(([name, row]) => !isKept(name, row)).length + (ran && rows.length > 0 ? 0 : 1);
  if (values.examples) {
    const examples = rows.flatMap(([name, row]) =>
      row.examples.map((example) => JSON.stringify({ shape: name, ...example })),
    );
    writeFileSync(values.examples, `${examples.join('\n')}\n`);
  }
  console.log(`${rows.length - rows.filter(([name, row]) => !isKept(name, row)).length} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  if (made) rmSync(made, { recursive: true, force: true });
}
