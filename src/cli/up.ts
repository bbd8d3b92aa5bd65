// The work of `katalog up`: one process reads, stores and serves.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ApiContext } from '../api/context.ts';
import type { SourcesAnswer } from '../api/contract.ts';
import { ApiServer } from '../api/server.ts';
import type { FileAccess } from '../config/environment.ts';
import { diskFiles } from '../config/files.ts';
import type { Plan } from '../config/plan.ts';
import { EnvironmentError } from '../core/failure.ts';
import { findHostId } from '../pipeline/host-id.ts';
import { createLog, type LogSink } from '../pipeline/log.ts';
import { type RunStatus, runPlan } from '../pipeline/run.ts';
import { systemClock } from '../pipeline/system-clock.ts';
import type { LogStore } from '../store/log-store.ts';
import type { OpenedStore } from '../store/open-store.ts';
import { openShared } from '../store/shared-store.ts';
import { importFiles } from './import-files.ts';
import { ImportSummary } from './import-summary.ts';
import { type LogPlace, openLogs } from './open-logs.ts';
import { readPlan, stderrSink, stopSignal } from './run-parts.ts';
import { ImportedFiles, runningSources } from './source-status.ts';
import { stateToken } from './state-token.ts';
import { upConfig } from './up-config.ts';
import { VERSION } from './version.ts';

/** The name of the made configuration in messages. */
const MADE_CONFIG = 'katalog-up.conf';

/** Options as commander reads them. */
export interface UpFlags extends LogPlace {
  readonly config?: string;
  readonly root: string;
  readonly stateDir: string;
  readonly hostId?: string;
  readonly host: string;
  readonly port: string;
  readonly token: boolean;
  readonly print?: true;
}

/** Runs until a signal; false when the configuration is bad. */
export async function up(files: readonly string[], flags: UpFlags): Promise<boolean> {
  const stateDirectory = path.resolve(flags.stateDir);
  if (flags.es !== undefined) {
    await showCluster(flags, stateDirectory);
    return true;
  }
  const store = path.join(stateDirectory, 'store');
  const text = upConfig({ root: flags.root, store });
  if (flags.print) {
    process.stdout.write(text);
    return true;
  }
  process.env['KATALOG_STORE'] = store;
  const plan =
    flags.config === undefined ? readPlan(MADE_CONFIG, flags.root, withText(text)) : readPlan(flags.config, flags.root);
  if (!plan) return false;
  makeDirectory(stateDirectory);
  const sink = stderrSink(undefined);
  const log = createLog('store', undefined, sink, systemClock, 'info');
  const opened = await openShared({ directory: store, clock: systemClock, log });
  try {
    await serveAndRun({
      plan: files.length > 0 && flags.config === undefined ? undefined : plan,
      files,
      flags,
      stateDirectory,
      opened,
      sink,
    });
    return true;
  } finally {
    await opened.close();
  }
}

/** Serves the page over a cluster; imports nothing. */
async function showCluster(flags: UpFlags, stateDirectory: string): Promise<void> {
  makeDirectory(stateDirectory);
  const stop = stopSignal();
  const store = await openLogs(flags);
  try {
    // Asked before anybody waits for the page: a wrong address or password ends it here.
    const { location, records } = await store.overview(stop);
    process.stderr.write(`${records} records in ${location}\n`);
    const sources = (): SourcesAnswer => ({ sources: [] });
    const part = { store, writer: undefined, following: true, sources };
    const server = await startServer({ ...part, stateDirectory }, flags, stderrSink(undefined));
    try {
      await untilStopped(stop);
    } finally {
      await server.close();
    }
  } finally {
    await store.close();
  }
}

interface Work {
  /** Undefined: only the named files are imported. */
  readonly plan: Plan | undefined;
  readonly files: readonly string[];
  readonly flags: UpFlags;
  readonly stateDirectory: string;
  readonly opened: OpenedStore;
  readonly sink: LogSink;
}

async function serveAndRun({ plan, files, flags, stateDirectory, opened, sink }: Work): Promise<void> {
  let status: RunStatus | undefined;
  const imported = new ImportedFiles();
  const context = {
    store: opened.store,
    writer: opened.writer,
    stateDirectory,
    following: true,
    sources: (): SourcesAnswer =>
      status
        ? { sources: runningSources(status), troubles: [...status.health.troubles] }
        : { sources: imported.list() },
  };
  const server = await startServer(context, flags, sink);
  const stop = stopSignal();
  const warming = warm(opened.store, stop);
  try {
    const hostId = findHostId({ given: flags.hostId, root: flags.root, env: process.env, hostname: os.hostname() });
    if (files.length > 0) {
      const summary = new ImportSummary();
      const { records, known, refused, bytes } = await importFiles(
        files,
        hostId,
        opened.writer,
        systemClock.now(),
        (record, tag, level) => {
          imported.add(record);
          summary.record(tag, level);
        },
      );
      process.stderr.write(summary.textOf(bytes, refused));
      process.stderr.write(`${records} records read, ${records - known} of them new\n`);
    }
    if (!plan) return await untilStopped(stop);
    const options = {
      stateDirectory,
      once: false,
      root: flags.root,
      hostId,
      clock: systemClock,
      sink,
      onStart: (started: RunStatus) => {
        status = started;
      },
    };
    await runPlan(plan, options, stop);
  } finally {
    await warming;
    await server.close();
  }
}

/** What the first question would wait for, before anybody asks: DuckDB is loaded, files are checked and known to it. */
async function warm(store: LogStore, stop: AbortSignal): Promise<void> {
  try {
    await store.histogram({ query: { kind: 'all' }, buckets: 1, by: 'level' }, stop);
  } catch (thrown) {
    // Whoever asks is told the same.
    if (!stop.aborted && !(thrown instanceof EnvironmentError)) throw thrown;
  }
}

/** Listens, and says where. */
async function startServer(
  context: Omit<ApiContext, 'clock' | 'log' | 'version'>,
  flags: UpFlags,
  sink: LogSink,
): Promise<ApiServer> {
  const log = createLog('api', undefined, sink, systemClock, 'info');
  const server = await ApiServer.create({
    context: { ...context, clock: systemClock, log, version: VERSION },
    token: flags.token ? stateToken(context.stateDirectory) : undefined,
    hosts: [flags.host],
    page: pageDirectory(),
  });
  try {
    const { url } = await server.listen(flags.host, Number(flags.port));
    greet(url, flags);
    return server;
  } catch (thrown) {
    await server.close();
    throw thrown;
  }
}

function untilStopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
}

function greet(url: string, { host, token }: UpFlags): void {
  if (!token) process.stderr.write(`warning: everybody who reaches ${host} can read and write\n`);
  process.stdout.write(`
Katalog is at  ${url}
(the address works once; a new one is printed at each start)

Try in the query bar:
  level >= warning                what went wrong
  component:agent and panicked    panics of the agent
  sandbox:2fa5*                   one sandbox, by the start of its id
Under Sandboxes: which one was slow to start, and in which phase.

Ctrl+C ends it; nothing is lost.
`);
}

/** dist/web beside the program. */
function pageDirectory(): string {
  return fileURLToPath(new URL('./web/', import.meta.url));
}

function withText(text: string): FileAccess {
  return { ...diskFiles, readFile: (file) => (file === MADE_CONFIG ? text : diskFiles.readFile(file)) };
}

function makeDirectory(directory: string): void {
  try {
    fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new EnvironmentError('state/write', `cannot make the state directory ${directory}`, { cause });
  }
}
