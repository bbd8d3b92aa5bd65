// A salvage set: every wire family and every damage of the catalogue, with the truth. The same bytes for the same options.
import { mkdirSync } from 'node:fs';
import { Random } from '../random.js';
import { CONSOLE_DAMAGE, PASTE_DAMAGE, WATCHER_DAMAGE, writePanic } from './console-damage.js';
import { agentLog, goShim, rawConsole } from './items.js';
import { FORMATTER_DAMAGE, LINE_DAMAGE, SHARED_STREAM_DAMAGE } from './line-damage.js';
import { SalvageFolder } from './log-file.js';
import {
  containerdFile,
  monitorLog,
  nodeJournal,
  RSYSLOG_DAMAGE,
  rsyslogFile,
  SHORT_DAMAGE,
  shortJournal,
  splitCollection,
} from './node-journal.js';
import { oneX, runtimeJson } from './one-x.js';
import { ENTRY_DAMAGE, runtimeRsJournal, runtimeRsJson } from './runtime-rs.js';

/** File · share of the records · its sound items · what can befall them. */
const ITEM_FILES = [
  ['kata-shim.log', 0.34, goShim, [...CONSOLE_DAMAGE, ...WATCHER_DAMAGE, ...LINE_DAMAGE, ...PASTE_DAMAGE]],
  ['guest-console.log', 0.12, rawConsole, [...CONSOLE_DAMAGE, ...PASTE_DAMAGE]],
  ['kata-agent.log', 0.08, agentLog, CONSOLE_DAMAGE.filter(([shape]) => ['C2', 'C3', 'C16'].includes(shape))],
  ['kata-1x.log', 0.08, oneX, LINE_DAMAGE],
  ['kata-runtime-1x.json.log', 0.04, runtimeJson, FORMATTER_DAMAGE],
  ['runtime-rs.log', 0.07, runtimeRsJson, PASTE_DAMAGE],
  ['runtime-rs.journal.json', 0.09, runtimeRsJournal, ENTRY_DAMAGE],
  ['containerd.log', 0.04, containerdFile, SHARED_STREAM_DAMAGE],
  ['journal-short.log', 0.02, shortJournal, SHORT_DAMAGE],
  ['syslog', 0.02, rsyslogFile, RSYSLOG_DAMAGE],
];
const JOURNAL_SHARE = 0.07;
const SPLIT_SHARE = 0.02;
const MONITOR_SHARE = 0.01;
const RECORDS_PER_PART = 200;
/** With one shape asked for, this share of the records it can befall. */
const ONLY_SHAPE_RATE = 0.05;

/** What a damage needs: the file, chance, the next item, and how a sound item is written. */
class Context {
  /** Streams whose console watcher has died. */
  silent = new Set();

  constructor(folder, name, items, rates, seed) {
    this.folder = folder;
    this.file = folder.file(name);
    this.items = items;
    this.rates = rates;
    this.random = new Random(seed);
  }

  next() {
    for (;;) {
      const item = this.items.next().value;
      if (item.inner === undefined || !this.silent.has(item.stream)) return item;
    }
  }

  sound(item) {
    if (item.kind === 'panic') return writePanic(this, item);
    const line = this.file.line(item.text);
    if (item.shape === 'C22') return this.file.truth(line, line, 'C22', 'flag', item.said);
    this.file.truth(line, line, item.shape, item.shape ? 'salvage' : 'exact', item.said);
  }
}

function writeItems(ctx, records, damages) {
  const end = ctx.folder.records + records;
  while (ctx.folder.records < end) {
    const item = ctx.next();
    const hit = damages.find(([shape, fits, rate]) => fits(item) && ctx.random.chance(ctx.rates(shape, rate)));
    if (hit === undefined || item.shape === 'C22') ctx.sound(item);
    else hit[3](ctx, item);
  }
}

function ratesFor(shape) {
  if (shape === undefined) return (_, rate) => rate;
  return (name) => (name === shape ? ONLY_SHAPE_RATE : 0);
}

/**
 * Writes a salvage folder: input files and truth.ndjson.
 * @param {{ directory: string, records: number, shape?: string, seed?: number }} options `shape` (`C1`…`C26`): only this damage is put in
 * @returns {{ records: number, counts: Map<string, number> }} true records in all and by shape
 */
export function writeSalvageSet({ directory, records, shape, seed = 7 }) {
  mkdirSync(directory, { recursive: true });
  const folder = new SalvageFolder(directory);
  const rates = ratesFor(shape);
  const share = (part) => Math.ceil(records * part);
  for (const [index, [name, part, items, damages]] of ITEM_FILES.entries()) {
    const own = seed + index * 1_000_003;
    writeItems(new Context(folder, name, items(own), rates, own + 1), share(part), damages);
  }
  nodeJournal(new Context(folder, 'node.journal.json', undefined, rates, seed), seed + 501, share(JOURNAL_SHARE));
  monitorLog(new Context(folder, 'monitor-0.log', undefined, rates, seed), seed + 502, share(MONITOR_SHARE));
  const parts = Math.max(2, Math.ceil(share(SPLIT_SHARE) / RECORDS_PER_PART));
  const files = Array.from({ length: parts }, (_, index) => folder.file(`ci.log_${String(index).padStart(3, '0')}`));
  splitCollection(seed + 503, share(SPLIT_SHARE), files);
  folder.close();
  return { records: folder.records, counts: folder.counts };
}
