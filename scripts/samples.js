// `npm run samples`: the sample day into samples/logs, and a small salvage set into samples/salvage-set.
// `npm run samples -- --records N [--out DIR] [--shape C7] [--seed S]`: a salvage set of N records alone; see samples/README.md.
import { generateSamples } from '../samples/generate.js';
import { writeSalvageSet } from '../samples/salvage/set.js';
import { readFlags, refuse } from './flags.js';
import { root } from './setup.js';

const SMALL_SET_RECORDS = 20_000;
const USAGE = 'npm run samples -- [--records N] [--out DIR] [--shape C1…C26] [--seed INTEGER]';

const { values } = readFlags({
  usage: USAGE,
  options: {
    records: { type: 'string' },
    out: { type: 'string', default: `${root}samples/salvage-set` },
    shape: { type: 'string' },
    seed: { type: 'string', default: '7' },
  },
});
const records = Number(values.records ?? SMALL_SET_RECORDS);
const seed = Number(values.seed);
if (!(records >= 1)) refuse(`--records: ${values.records} is no number of records`, USAGE);
if (!Number.isInteger(seed)) refuse(`--seed: ${values.seed} is no integer`, USAGE);
if (!/^C([1-9]|1\d|2[0-6])$/.test(values.shape ?? 'C1')) refuse(`--shape: there is no shape ${values.shape}`, USAGE);
if (values.records === undefined) {
  for (const { name, lines, bytes } of generateSamples(`${root}samples/logs`))
    console.log(`samples/logs/${name}: ${lines} lines, ${bytes} bytes`);
}
const written = writeSalvageSet({ directory: values.out, records, seed, ...(values.shape && { shape: values.shape }) });
console.log(`${values.out}: ${written.records} true records`);
const rows = [...written.counts].sort(([one], [other]) => one.localeCompare(other, 'en', { numeric: true }));
for (const [name, count] of rows) console.log(`  ${name.padEnd(5)} ${count}`);
