// A real OpenSearch node, started from its jars of Maven Central; see search-node/.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as readline from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('./search-node/', import.meta.url));
const cache = process.env['KATALOG_CACHE'] ?? fileURLToPath(new URL('../../.cache/', import.meta.url));
const CLASSPATH_GOAL = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath';
const JAVA_OPTIONS = [
  '-Xms768m',
  '-Xmx768m',
  '-XX:+UseSerialGC',
  '-Djava.net.preferIPv4Stack=true',
  '-Dlog4j2.disable.jmx=true',
];
const SHOWN_LOG_CHARS = 4000;

export interface SearchNode {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** As a power cut: at once, whatever it does. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Why there can be no node on this machine, or undefined. */
export function missingForSearchNode(): string | undefined {
  const missing = ['java', 'javac', 'mvn'].filter((name) => spawnSync(name, ['-version']).error !== undefined);
  return missing.length > 0 ? `${missing.join(', ')} not found` : undefined;
}

/**
 * Starts a node in `directory`; what is stored there is served again.
 * @param port 0 = any free one.
 */
export async function startSearchNode(directory: string, port = 0): Promise<SearchNode> {
  fs.mkdirSync(directory, { recursive: true });
  const log = fs.openSync(path.join(directory, 'node.log'), 'a');
  const command = [...JAVA_OPTIONS, '-cp', classPath(), path.join(here, 'SearchNode.java'), directory, String(port)];
  const child = spawn('java', command, { stdio: ['pipe', 'pipe', log] });
  fs.closeSync(log);
  const ended = once(child, 'exit');
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error('BUG: both are pipes');
  const url = `http://127.0.0.1:${await portOf(stdout, directory)}`;
  const end = async (how: () => void): Promise<void> => {
    how();
    await ended;
  };
  return { url, kill: () => end(() => child.kill('SIGKILL')), stop: () => end(() => stdin.end()) };
}

async function portOf(output: Readable, directory: string): Promise<number> {
  for await (const line of readline.createInterface({ input: output })) {
    const port = /^PORT (\d+)$/.exec(line)?.[1];
    if (port !== undefined) return Number(port);
  }
  const log = fs.readFileSync(path.join(directory, 'node.log'), 'utf8').slice(-SHOWN_LOG_CHARS);
  throw new Error(`the search node ended before it answered; it printed:\n${log}`);
}

/** The jars, from Maven's own cache; which ones they are is remembered as long as they are there. */
function classPath(): string {
  const pom = path.join(here, 'pom.xml');
  const remembered = path.join(cache, 'search-node.classpath');
  if (isFresh(remembered, pom)) return fs.readFileSync(remembered, 'utf8');
  fs.mkdirSync(cache, { recursive: true });
  const draft = `${remembered}.${process.pid}`;
  const { status, stdout, error } = spawnSync(
    'mvn',
    ['-B', '-q', '-f', pom, CLASSPATH_GOAL, `-Dmdep.outputFile=${draft}`],
    {
      encoding: 'utf8',
    },
  );
  if (status !== 0)
    throw new Error(`Maven cannot get the search node:\n${stdout.slice(-SHOWN_LOG_CHARS)}`, { cause: error });
  fs.renameSync(draft, remembered);
  return fs.readFileSync(remembered, 'utf8');
}

function isFresh(remembered: string, pom: string): boolean {
  const madeMs = fs.statSync(remembered, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (madeMs < fs.statSync(pom).mtimeMs) return false;
  return fs
    .readFileSync(remembered, 'utf8')
    .split(path.delimiter)
    .every((jar) => fs.existsSync(jar));
}
