// One run of a command, with what it cost; and the sink that a job sends to.
import { spawn } from 'node:child_process';
import * as events from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as readline from 'node:readline';
import { nativeProgram } from './native.js';

const LONGEST_RUN_MS = 15 * 60_000;
const SHOWN_LOG_CHARS = 2000;

/** The bulk sink as a child process. `stop()` gives what it counted. */
export class Sink {
  #process;
  #lines;

  constructor(child) {
    this.#process = child;
    this.#lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** @param dumpFile gets the bodies of all bulk requests; undefined: they are dropped. */
  static async start(dumpFile) {
    const child = spawn(nativeProgram('sink'), dumpFile ? [dumpFile] : [], { stdio: ['ignore', 'pipe', 'inherit'] });
    await events.once(child, 'spawn');
    const sink = new Sink(child);
    sink.port = (await sink.#line()).port;
    return sink;
  }

  /** @returns {firstBulkNs: bigint (0 = none), bulkRequests, otherRequests, refused, documents, bodyBytes, connections, cpuS} */
  async stop() {
    this.#process.kill('SIGTERM');
    const counts = await this.#line();
    return { ...counts, firstBulkNs: BigInt(counts.firstBulkNs) };
  }

  /** Ends it without an answer; does nothing after `stop()`. */
  kill() {
    this.#process.kill('SIGKILL');
  }

  async #line() {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('the sink ended before it answered');
    return JSON.parse(value);
  }
}

/**
 * Runs a command to its end; what it prints goes to `out` in the folder.
 * @param folder an existing scratch folder
 * @param env variables beside those of this process
 * @returns {startNs: bigint, wallS, cpuS, peakMB, failure}; `failure` is undefined after exit code 0, else a text.
 */
export async function measuredRun(command, folder, env = {}) {
  const result = path.join(folder, 'measured.json');
  const outFile = path.join(folder, 'out');
  const out = fs.openSync(outFile, 'w');
  const child = spawn(nativeProgram('measure'), [result, ...command], {
    stdio: ['ignore', out, out],
    env: { ...plainEnvironment(), ...env },
    timeout: LONGEST_RUN_MS,
    killSignal: 'SIGKILL',
  });
  fs.closeSync(out);
  const [code, signal] = await events.once(child, 'exit');
  if (code !== 0) return { failure: `measure ended with ${signal ?? code}\n${tail(outFile)}` };
  return figures(JSON.parse(fs.readFileSync(result, 'utf8')), outFile);
}

/** Without the certificates of this machine: Node reads them all before any program starts, for 50 ms. */
function plainEnvironment() {
  const { NODE_EXTRA_CA_CERTS: _, ...others } = process.env;
  return { ...others, TZ: 'UTC' };
}

function figures(raw, outFile) {
  const startNs = BigInt(raw.startNs);
  const failed = raw.exitCode !== 0 ? `ended with ${raw.signal ? `signal ${raw.signal}` : `code ${raw.exitCode}`}` : '';
  return {
    startNs,
    wallS: Number(BigInt(raw.endNs) - startNs) / 1e9,
    cpuS: raw.userS + raw.systemS,
    peakMB: (raw.peakKib * 1024) / 1e6,
    failure: failed ? `${failed}\n${tail(outFile)}` : undefined,
  };
}

/** The end of what was printed, safe for a terminal. */
function tail(file) {
  const text = fs.readFileSync(file, 'utf8').slice(-SHOWN_LOG_CHARS).trim();
  return text === '' ? 'it printed nothing' : `it printed: ${text.replace(/[^\P{Cc}\n]/gu, '?')}`;
}
