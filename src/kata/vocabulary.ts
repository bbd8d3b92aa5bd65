// What sound records said so far: it decides where a text that was torn apart, or has another one inside, goes on.

/** Texts kept a kind; the first ones seen, which are the ones that come again. */
const TEXTS_MAX = 8192;
const TEXT_LENGTH_MAX = 300;
/** After so many there is hardly anything new. */
const RECORDS_MAX = 100_000;

/** Names of the agent's pairs that come in every record or often. */
const AGENT_KEYS: readonly string[] = (
  'msg level ts version name source pid subsystem cid eid container-id container_id exec-id exec_id action event error signal all ' +
  'agent-commit agent-version api-version config extra-features mount-source mount-destination mount-fstype mount-options address count ' +
  'mac wait_status path url'
).split(' ');

const LEVEL = /^(?:TRCE|DEBG|INFO|WARN|ERRO|CRIT|TRACE|DEBUG|WARNING|ERROR|CRITICAL)$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

const SUBSYSTEMS: ReadonlySet<string> = new Set(
  (
    'root rpc baremount mount storage uevent signals network sandbox container process cgroups cgroups_notifier metrics image cdh initdata ' +
    'debug-console debug-console-shell passfd_io multi-layer-erofs vsock-tracer mem-agent agent runtimes hypervisor resource service shim ' +
    'virt-container cloud-hypervisor firecracker'
  ).split(' '),
);

/** Texts of one kind, compared with their numbers and ids masked. */
class Texts {
  readonly #seen = new Set<string>();
  readonly #masked = new Set<string>();
  #unmasked: string[] = [];

  add(text: string): void {
    if (this.#seen.size >= TEXTS_MAX || text.length > TEXT_LENGTH_MAX || this.#seen.has(text)) return;
    this.#seen.add(text);
    this.#unmasked.push(text);
  }

  has(text: string): boolean {
    if (this.#seen.has(text)) return true;
    for (const waiting of this.#unmasked) this.#masked.add(mask(waiting));
    this.#unmasked = [];
    return this.#masked.has(mask(text));
  }
}

function mask(text: string): string {
  return text.replace(/\b[0-9a-f]{12,}\b|\b0x[0-9a-f]+\b|\d+/g, '*');
}

export class Vocabulary {
  readonly #keys = new Set(AGENT_KEYS);
  readonly #values = new Map<string, Texts>();
  readonly #kernel = new Texts();
  #records = 0;
  #kernelLines = 0;

  /** A sound record of the agent. */
  learnRecord(keys: readonly string[], values: readonly unknown[]): void {
    if (++this.#records > RECORDS_MAX) return;
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as string;
      const value = values[index];
      if (key === 'ts' || key === 'level' || typeof value !== 'string') continue;
      if (this.#keys.size < TEXTS_MAX) this.#keys.add(key);
      this.#textsOf(key).add(value);
    }
  }

  learnKernel(text: string): void {
    if (++this.#kernelLines <= RECORDS_MAX) this.#kernel.add(text);
  }

  knowsKey(key: string): boolean {
    return this.#keys.has(key);
  }

  knowsKernel(text: string): boolean {
    return this.#kernel.has(text);
  }

  /** Whether an agent would write the value under the key. */
  knowsValue(key: string, value: string): boolean {
    if (key === 'level') return LEVEL.test(value);
    if (key === 'ts') return TIME.test(value);
    if (key === 'name') return value === 'kata-agent' || value === 'kata-runtime';
    if (key === 'version') return /^\d+\.\d+\.\d+$/.test(value) && (value === '0.1.0' || this.#textsOf(key).has(value));
    if (key === 'source' && value === 'agent') return true;
    if (key === 'subsystem' && SUBSYSTEMS.has(value)) return true;
    return this.#textsOf(key).has(value);
  }

  #textsOf(key: string): Texts {
    const known = this.#values.get(key);
    if (known) return known;
    const texts = new Texts();
    if (this.#values.size < 512) this.#values.set(key, texts);
    return texts;
  }
}
