// Writes the sample logs: one day (2026-03-02) of a node with Kata Containers, the same bytes on every run.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { playCommandLine } from './cli.js';
import { cutLine, glueLines, interleave, spliceKernelText, splitLine } from './damage.js';
import { SECOND_NS, timeNine } from './formats.js';
import { sandboxesOfDay } from './plan.js';
import { wrapConsole } from './salvage/items.js';
import { WATCHER_DELAY_NS } from './scene.js';
import { playSandbox } from './shim.js';

const CONSOLE_FILES = { wrapped: 'kata-runtime.log', agent: 'kata-agent.log', raw: 'console.log' };
const DAY_NS = 24 * 3600 * SECOND_NS;
/** Of the kernel's and systemd's lines next to the agent's own, every n-th is kept in kata-agent.log. */
const AGENT_FILE_CONSOLE_STEP = 4;

const wrapped = (sandbox, line) => {
  const ns = line.ns + WATCHER_DELAY_NS;
  return { ns, text: wrapConsole(sandbox, line.text, ns) };
};

function agentFileLines({ sandbox, guest }) {
  const kept = guest.filter(
    ({ kind }, index) => kind === 'agent' || kind === 'text' || index % AGENT_FILE_CONSOLE_STEP === 0,
  );
  return kept.filter(({ text }) => text !== '').map((line) => (line.kind === 'agent' ? line : wrapped(sandbox, line)));
}

/** Lines in the order of time; what would fall on the next day has not been written yet. */
function ordered(lines) {
  return lines
    .filter(({ ns }) => ns < DAY_NS)
    .map((line, index) => ({ ...line, index }))
    .sort((one, other) => one.ns - other.ns || one.index - other.index)
    .map(({ text }) => text);
}

function filesOfDay(scenes) {
  const files = { 'kata-runtime.log': [], 'kata-json.log': playCommandLine(), 'kata-agent.log': [], 'console.log': [] };
  for (const scene of scenes) {
    files['kata-runtime.log'].push(...scene.shim);
    const { console } = scene.sandbox;
    // An empty line does not pass the watcher, but it is on the raw console.
    if (console === 'wrapped') {
      files['kata-runtime.log'].push(
        ...scene.guest.filter(({ text }) => text !== '').map((line) => wrapped(scene.sandbox, line)),
      );
    } else if (console === 'agent') files['kata-agent.log'].push(...agentFileLines(scene));
    else files['console.log'].push(...scene.guest);
  }
  return files;
}

const milliseconds = (ns) => Math.round(ns / 1000) / 1000;

/** What a reader of the logs should find out about one sandbox; `causes` tells what made its start slow. */
function truthOf({ sandbox, shim, phases, causes }) {
  return {
    id: sandbox.id,
    namespace: sandbox.namespace,
    pod: sandbox.pod,
    hypervisor: sandbox.hypervisor,
    story: sandbox.story,
    console: CONSOLE_FILES[sandbox.console],
    first: timeNine(shim[0].ns),
    last: timeNine(shim.at(-1).ns),
    phases: phases.map(({ name, startNs, endNs }) => ({
      name,
      start: timeNine(startNs),
      end: timeNine(endNs),
      ms: milliseconds(endNs - startNs),
    })),
    causes: causes.map(({ phase, ns, text }) => ({ phase, ms: milliseconds(ns), text })),
  };
}

/** What went wrong in each file, as it does on real nodes: [where in the file, 0 to 1; the damage]. From the end, so that places stay. */
const DAMAGES = {
  'kata-runtime.log': [
    [0.8, cutLine],
    [0.5, interleave],
    [0.2, spliceKernelText],
  ],
  'kata-json.log': [
    [0.85, glueLines],
    [0.55, interleave],
    [0.3, cutLine],
  ],
  'kata-agent.log': [
    [0.75, splitLine],
    [0.5, glueLines],
    [0.25, spliceKernelText],
  ],
  'console.log': [
    [0.8, spliceKernelText],
    [0.45, glueLines],
    [0.15, cutLine],
  ],
};

/** A tailing reader takes a rewritten file for a truncated one: leave it alone when nothing changed. */
function writeIfChanged(path, text) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  writeFileSync(path, text);
}

/**
 * Writes kata-runtime.log, kata-json.log, kata-agent.log, console.log and, with what is true of each sandbox, sandboxes.ndjson
 * into `directory`, which is made if it is missing.
 * @param {string} directory
 * @returns {{ name: string, lines: number, bytes: number, damagedLines: number[] }[]} one entry a file; line numbers count from 1
 */
export function generateSamples(directory) {
  mkdirSync(directory, { recursive: true });
  const scenes = sandboxesOfDay().map(playSandbox);
  const truths = scenes.map((scene) => `${JSON.stringify(truthOf(scene))}\n`);
  writeIfChanged(join(directory, 'sandboxes.ndjson'), truths.join(''));
  return Object.entries(filesOfDay(scenes)).map(([name, records]) => {
    const lines = ordered(records);
    const damaged = [];
    for (const [place, damage] of DAMAGES[name]) {
      // A damage that adds a line moves the ones behind it, which were dealt with before.
      const { numbers, added } = damage(lines, Math.floor(lines.length * place));
      for (let index = 0; index < damaged.length; index++) damaged[index] += added;
      damaged.push(...numbers);
    }
    const text = `${lines.join('\n')}\n`;
    writeIfChanged(join(directory, name), text);
    return {
      name,
      lines: lines.length,
      bytes: Buffer.byteLength(text),
      damagedLines: damaged.sort((one, other) => one - other),
    };
  });
}
