// `katalog doctor`: what this host lets Katalog do: its state directory, the logs it may read, what its outputs promise.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { nestedPlugins, plannedPlugins } from '../config/planned-plugins.ts';
import { failureText } from '../core/failure.ts';
import type { Problem } from '../core/problem.ts';
import { readConfiguration } from './configuration.ts';
import type { NodeFiles } from './doctor-files.ts';
import { defaultStateDirectory } from './state-directory.ts';

export interface Diagnosis {
  readonly facts: readonly string[];
  readonly problems: readonly Problem[];
}

interface HostFlags {
  readonly root?: string;
  readonly config?: string;
  readonly stateDir?: string;
}

/** What a crash can do to the records of each output; the same words as in their READMEs. */
const DELIVERY: Readonly<Record<string, string>> = {
  elasticsearch: 'exactly once in effect: a replay meets the same id',
  opensearch: 'exactly once in effect: a replay meets the same id',
  store: 'exactly once in effect: a replay meets the same key',
  file: 'exactly once: after a crash the file is cut back to its positions',
  stdout: 'at least once: a crash may repeat records',
  forward: 'at least once: a crash may repeat records',
  http: 'at least once: a crash may repeat records',
  exec: 'at least once: a crash may repeat records',
};
const LOG_DIRECTORIES = ['/var/log/journal', '/run/log/journal', '/var/log/pods'];
const LOW_SPACE_BYTES = 1e9;
const BYTES_PER_GB = 1e9;

export function diagnoseHost(flags: HostFlags, node: NodeFiles): Diagnosis {
  const parts = [
    diagnoseState(flags.stateDir ?? defaultStateDirectory()),
    diagnoseLogs(node),
    flags.config === undefined ? promises() : diagnoseOutputs(flags.config, flags.root ?? ''),
  ];
  return {
    facts: [`Node ${process.versions.node}`, ...parts.flatMap(({ facts }) => facts)],
    problems: parts.flatMap(({ problems }) => problems),
  };
}

function diagnoseState(directory: string): Diagnosis {
  const there = existing(directory);
  const problems: Problem[] = [];
  try {
    fs.accessSync(there, fs.constants.W_OK | fs.constants.X_OK);
  } catch (error) {
    problems.push({
      code: 'doctor/state-rights',
      severity: 'error',
      message: `state directory ${directory}: cannot be written (${failureText(error)})`,
      hint: 'name another with --state-dir, or run as a user who may write there',
    });
  }
  const { bavail, bsize } = fs.statfsSync(there);
  const free = bavail * bsize;
  if (free < LOW_SPACE_BYTES) {
    problems.push({
      code: 'doctor/state-space',
      severity: 'warning',
      message: `state directory ${directory}: only ${(free / BYTES_PER_GB).toFixed(2)} GB are free`,
      hint: 'positions are small, but the store and the dead letters need room',
    });
  }
  const holder = holderOf(directory);
  const state = there === directory ? 'exists' : 'will be made';
  const use = holder === undefined ? '' : `, in use by process ${holder}`;
  return {
    facts: [`state directory ${directory}: ${state}, ${(free / BYTES_PER_GB).toFixed(1)} GB free${use}`],
    problems,
  };
}

/** The directory, or the nearest one above it that is there. */
function existing(directory: string): string {
  let at = path.resolve(directory);
  while (!fs.existsSync(at)) at = path.dirname(at);
  return at;
}

/** The process that writes there, if its lock is held. */
function holderOf(directory: string): number | undefined {
  try {
    const { pid } = JSON.parse(fs.readFileSync(path.join(directory, 'lock'), 'utf8')) as { readonly pid?: unknown };
    if (typeof pid !== 'number' || !fs.existsSync(`/proc/${pid}`)) return undefined;
    return pid;
  } catch {
    // No lock: nobody writes there.
    return undefined;
  }
}

function diagnoseLogs(node: NodeFiles): Diagnosis {
  const facts: string[] = [];
  const problems: Problem[] = [];
  for (const directory of LOG_DIRECTORIES) {
    if (!node.exists(directory)) continue;
    const closed = unreadable(node, directory);
    if (closed === undefined) facts.push(`${directory}: may be read`);
    else problems.push(noRights(closed));
  }
  if (facts.length === 0 && problems.length === 0) facts.push(`none of ${LOG_DIRECTORIES.join(', ')} is here`);
  return { facts, problems };
}

/** The directory itself, or one of its own that may not be read. */
function unreadable(node: NodeFiles, directory: string): string | undefined {
  if (!node.mayRead(directory)) return directory;
  return node.list(directory, '').find((file) => !node.mayRead(file));
}

function noRights(file: string): Problem {
  const journal = file.includes('/journal');
  return {
    code: 'doctor/log-rights',
    severity: 'warning',
    message: `${file}: this user may not read it`,
    hint: journal
      ? 'add the user to the group systemd-journal, or run as root'
      : 'run as root, or with the capability CAP_DAC_READ_SEARCH',
  };
}

function promises(): Diagnosis {
  return { facts: Object.entries(DELIVERY).map(([type, text]) => `output ${type}: ${text}`), problems: [] };
}

function diagnoseOutputs(file: string, root: string): Diagnosis {
  const { outcome } = readConfiguration(file, root);
  if (!outcome.ok) return { facts: [], problems: outcome.problems };
  const planned = plannedPlugins(outcome.value).flatMap((each) => [each, ...nestedPlugins(each.settings)]);
  const facts = planned.flatMap(({ definition, place }) => {
    const { kind, type } = definition;
    const promise = kind === 'output' ? DELIVERY[type] : undefined;
    return promise === undefined ? [] : [`${place.file}:${place.line} output ${type}: ${promise}`];
  });
  return { facts, problems: outcome.problems };
}
