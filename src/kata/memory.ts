// What one run knows across its inputs: whose process and whose container it is, which pod a sandbox belongs to.
import { type CallEdge, Durations } from './durations.ts';
import { sandboxOfCommandLine, sandboxOfText } from './identity.ts';
import type { Pairs, Understood } from './record.ts';
import { Vocabulary } from './vocabulary.ts';

/** Entries kept a table; a node has thousands of sandboxes a day at most. */
const ENTRIES_MAX = 20_000;

/** The same text as a string of its own: a part of a longer one keeps all of that in memory. */
function detached(text: string): string {
  return Buffer.from(text).toString();
}

/** Makes a text that may be kept. */
type Own = (text: string) => string;
const asItIs: Own = (text) => text;

class Table<T> {
  readonly #entries = new Map<string, T>();
  /** How many were forgotten. */
  forgotten = 0;

  get(key: string): T | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: T): void {
    if (this.#entries.size >= ENTRIES_MAX && !this.#entries.has(key)) {
      // The oldest one: maps keep the order of insertion.
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        this.forgotten++;
        break;
      }
    }
    this.#entries.set(key, value);
  }
}

interface Pod {
  readonly name: string;
  readonly namespace: string;
}

const POD_METADATA = /PodSandboxMetadata\{Name:([^,}\s]+),Uid:[^,}]*,Namespace:([^,}\s]+)/;
const POD_SANDBOX_ID = /returns sandbox id \\*"([0-9a-f]{64})/;
const CRIO_POD = /Ran pod sandbox ([0-9a-f]{64}).*: ([\w.-]+)\/([\w.-]+)\/POD/;
const SPEC_NAME = /io\.kubernetes\.cri(?:\.sandbox-name|-o\.KubeName)\\*":\s*\\*"([\w.-]+)/;
const SPEC_NAMESPACE = /io\.kubernetes\.cri(?:\.sandbox-namespace|-o\.Namespace)\\*":\s*\\*"([\w.-]+)/;
const SPEC_SANDBOX = /io\.kubernetes\.cri(?:\.sandbox-id|-o\.SandboxID)\\*":\s*\\*"([0-9a-f]{64})/;
const MONITOR_POD = /^Synced KATA POD ([0-9a-f]{64})/;

/** What attribution looks at of a record. */
type Attributed = Pick<Understood, 'kata' | 'wrappers' | 'fields'>;

/** Words of which every message that names a pod has one. */
export const POD_WORDS: readonly string[] = ['io.kubernetes.cri', 'PodSandbox', 'Ran pod sandbox', 'Synced KATA POD'];

/** How many of each there were. */
export type Counts = Map<string, number>;

export class KataMemory {
  readonly vocabulary: Vocabulary = new Vocabulary();
  /** Repairs by kind, and what gave no record: `empty`, `C14`. */
  readonly counts: Counts = new Map();
  readonly #sandboxOfProcess = new Table<string>();
  readonly #sandboxOfContainer = new Table<string>();
  readonly #pods = new Table<Pod>();
  readonly #durations: Durations;
  #lastSandbox = '';
  #lastServed = '';
  #lastPid = -1;
  #lastHost = '';
  #lastPod: Pod | undefined;
  #learned = 0;

  /** @param longestMs calls that take longer get no duration. */
  constructor(longestMs?: number) {
    this.#durations = new Durations(longestMs);
  }

  count(name: string, by = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + by);
  }

  /** Gives a record the sandbox and the pod that are known, and learns from it. */
  attribute(record: Attributed, host: string): void {
    const { kata } = record;
    if (kata.sandbox === undefined) this.#findSandbox(record, host);
    else this.#learn(record, host);
    if (kata.msg !== undefined && kata.msg.length > 40) this.#learnPod(kata.msg, record);
    if (kata.rpc !== undefined) this.#durations.fill(kata);
    if (kata.sandbox === undefined) return;
    if (kata.sandbox !== this.#lastSandbox) {
      this.#lastSandbox = kata.sandbox;
      this.#lastPod = this.#pods.get(kata.sandbox);
    }
    if (!this.#lastPod) return;
    kata.pod = this.#lastPod.name;
    kata.namespace = this.#lastPod.namespace;
  }

  #learn({ kata }: Attributed, host: string): void {
    const { sandbox, container, pid } = kata;
    if (sandbox === undefined) return;
    const isServing = kata.component === 'shim' || kata.era === 'rs-journal';
    if (pid !== undefined && isServing && this.learnProcess(host, pid, sandbox, detached)) this.#learned++;
    if (container !== undefined && this.learnContainer(container, sandbox, detached)) this.#learned++;
  }

  /**
   * The process of that number on the host serves the sandbox; whether that is new.
   * @param own makes a text that may be kept; without it they are strings of their own.
   */
  learnProcess(host: string, pid: number, sandbox: string, own: Own = asItIs): boolean {
    // Records of one process follow each other.
    if (sandbox === this.#lastServed && pid === this.#lastPid && host === this.#lastHost) return false;
    this.#lastServed = sandbox;
    this.#lastPid = pid;
    this.#lastHost = host;
    const key = `${host} ${pid}`;
    if (this.#sandboxOfProcess.get(key) === sandbox) return false;
    this.#sandboxOfProcess.set(key, own(sandbox));
    return true;
  }

  /** The container belongs to the sandbox; whether that is new. @param own as for learnProcess. */
  learnContainer(container: string, sandbox: string, own: Own = asItIs): boolean {
    if (this.#sandboxOfContainer.get(container) === sandbox) return false;
    this.#sandboxOfContainer.set(own(container), own(sandbox));
    return true;
  }

  /** The member of a record's object that says how long the call took that it ends; empty where it says nothing. */
  durationJson(call: CallEdge): string {
    const ms = this.#durations.note(call);
    return ms === undefined ? '' : `,"duration_ms":${ms}`;
  }

  /** The sandbox that the container was said to belong to. */
  sandboxOfContainer(container: string): string | undefined {
    return this.#sandboxOfContainer.get(container);
  }

  /** The sandbox that the process was said to serve. */
  sandboxOfProcess(host: string, pid: number): string | undefined {
    return this.#sandboxOfProcess.get(`${host} ${pid}`);
  }

  /** Grows with each thing that a record taught, and with each one forgotten. */
  get changes(): number {
    return this.#learned + this.#sandboxOfProcess.forgotten + this.#sandboxOfContainer.forgotten + this.#pods.forgotten;
  }

  /** The members of a record's object that say to which pod the sandbox belongs. */
  podJson(sandbox: string): string {
    const pod = this.#pods.get(sandbox);
    return pod ? podJson(pod.name, pod.namespace) : '';
  }

  #findSandbox({ kata, wrappers, fields }: Attributed, host: string): void {
    const journal = wrappers.at(-1);
    const commandLine = journal?.text('_CMDLINE');
    const { pid, container } = kata;
    const found =
      (commandLine === undefined ? undefined : sandboxOfCommandLine(commandLine)) ??
      (pid === undefined || !isAttributed(kata.component) ? undefined : this.#sandboxOfProcess.get(`${host} ${pid}`)) ??
      (container === undefined ? undefined : this.#sandboxOfContainer.get(container)) ??
      this.#sandboxOfPath(kata.msg, kata.error, commandLine) ??
      this.#sandboxOfPath(...textsOf(fields));
    if (found !== undefined) kata.sandbox = found;
  }

  #sandboxOfPath(...texts: readonly (string | undefined)[]): string | undefined {
    for (const text of texts) {
      const found = text === undefined ? undefined : sandboxOfText(text);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #learnPod(msg: string, { kata, fields }: Attributed): void {
    const spec = msg.includes('io.kubernetes.cri');
    if (!spec && !/PodSandbox|Ran pod sandbox|Synced KATA POD/.test(msg)) return;
    const [sandbox, name, namespace] = spec
      ? [SPEC_SANDBOX.exec(msg)?.[1] ?? kata.sandbox, SPEC_NAME.exec(msg)?.[1], SPEC_NAMESPACE.exec(msg)?.[1]]
      : podOf(msg, fields);
    if (sandbox === undefined || name === undefined || namespace === undefined) return;
    if (isOfGuest(kata.component) && sandbox !== kata.sandbox) return;
    this.#pods.set(detached(sandbox), { name: detached(name), namespace: detached(namespace) });
    this.#learned++;
    this.#lastSandbox = '';
    if (kata.sandbox === undefined && !spec) kata.sandbox = sandbox;
  }
}

type PodParts = [string | undefined, string | undefined, string | undefined];

function podOf(msg: string, fields: Pairs | undefined): PodParts {
  const synced = MONITOR_POD.exec(msg);
  if (synced) return [synced[1], fields?.text('cri-name'), fields?.text('cri-namespace')];
  const crio = CRIO_POD.exec(msg);
  if (crio) return [crio[1], crio[3], crio[2]];
  const metadata = POD_METADATA.exec(msg);
  return [POD_SANDBOX_ID.exec(msg)?.[1], metadata?.[1], metadata?.[2]];
}

function textsOf(fields: Pairs | undefined): readonly string[] {
  return fields === undefined ? [] : fields.values.filter((value) => typeof value === 'string');
}

/** Who may say anything of its own sandbox, and nothing of others. */
function isOfGuest(component: string | undefined): boolean {
  return component === 'agent' || component?.startsWith('guest-') === true || component === 'workload';
}

/** Processes that serve one sandbox. */
function isAttributed(component: string | undefined): boolean {
  return component === 'shim' || component === 'qemu' || component === 'virtiofsd' || component === 'runtime';
}

/** Members of an object of JSON. Whoever may write a line may have written the names. */
export function podJson(pod: string, namespace: string): string {
  return `,"pod":${JSON.stringify(pod)},"namespace":${JSON.stringify(namespace)}`;
}
