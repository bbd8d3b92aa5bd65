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
  'mac wait_status path url component container_path type host_major host_minor guest_major guest_minor address container-type ' +
  'message reason result state status'
)
  .split(' ')
  .concat('wait_status result', 'sandbox:');

/** Names whose value the agent leaves empty. */
const MAY_BE_EMPTY: ReadonlySet<string> = new Set(['mount-options', 'exec-id']);

const ID_KEYS: ReadonlySet<string> = new Set(['container-id', 'container_id', 'cid', 'eid', 'exec-id', 'exec_id']);

const ID = /^[0-9a-f]{64}$/;

/** Values of which the form is known, by their names. */
const FORMS: Readonly<Record<string, RegExp>> = Object.assign(Object.create(null) as object, {
  level: /^(?:TRCE|DEBG|INFO|WARN|ERRO|CRIT|TRACE|DEBUG|WARNING|ERROR|CRITICAL)$/,
  ts: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/,
  name: /^kata-(?:agent|runtime)$/,
  version: /^0\.1\.0$/,
  pid: /^\d{1,7}$/,
});

const SUBSYSTEMS: ReadonlySet<string> = new Set(
  (
    'root rpc baremount mount storage uevent signals network sandbox container process cgroups cgroups_notifier metrics image cdh initdata ' +
    'debug-console debug-console-shell passfd_io multi-layer-erofs vsock-tracer mem-agent agent runtimes hypervisor resource service shim ' +
    'virt-container cloud-hypervisor firecracker'
  ).split(' '),
);

/** Calls that the shim makes of the agent (ttRPC service AgentService). */
const RPCS: readonly string[] = (
  'create_container start_container remove_container exec_process signal_process wait_process update_container stats_container ' +
  'pause_container resume_container write_stdin read_stdout read_stderr close_stdin tty_win_resize update_interface update_routes ' +
  'list_interfaces list_routes add_arp_neighbors get_ip_tables set_ip_tables get_metrics create_sandbox destroy_sandbox ' +
  'online_cpu_mem get_guest_details mem_hotplug_by_probe set_guest_date_time reseed_random_dev copy_file get_oom_event ' +
  'get_volume_stats resize_volume add_swap add_swap_path set_policy update_ephemeral_mounts remove_stale_virtiofs_share_mounts ' +
  'mem_agent_memcg_set mem_agent_compact_set get_diagnostic_data'
).split(' ');

/** What every agent says sooner or later, before it was heard. */
const MESSAGES: readonly string[] = [
  ...RPCS.map((name) => `rpc call from shim to agent: "${name}"`),
  ...['memory', 'cpu', 'cpuset', 'pids', 'devices', 'hugetlb', 'blkio', 'net_cls', 'freezer'].map(
    (name) => `cgroup manager set ${name}`,
  ),
  'announce',
  'ttRPC server started',
  'got uevent message',
  'mounting storage',
  'signal process',
  'handling signal',
  'wait_status',
  'created container!',
  'enter container.start!',
  'exec fifo opened!',
  'container started',
  'failed to handle signal',
  'notify parent to send oci process',
  'notify child parent ready to run prestart hook!',
  'temporary parent process exit!',
  'setup rootfs',
  'ready to run exec',
  'child process log',
  'destroying container',
  'update_spec_devices() updating device',
  'slog-async: logger dropped messages due to channel overflow',
  'copy from parent_stdout to stdout stream end: Ok(1)',
];

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

/** Ids stay as long as they are: a piece of one is none. */
function mask(text: string): string {
  return text.replace(/\b[0-9a-f]{12,}\b|\b0x[0-9a-f]+\b|\d+/g, (found) =>
    found.length >= 12 ? `#${found.length}` : '*',
  );
}

/** Whether an agent would write the value under the key, whatever it wrote before. */
function isKnownForm(key: string, value: string): boolean {
  const form = FORMS[key];
  if (form) return form.test(value);
  if (value === '' && MAY_BE_EMPTY.has(key)) return true;
  if (ID_KEYS.has(key) && ID.test(value)) return true;
  if (key === 'source' && value === 'agent') return true;
  return key === 'subsystem' && SUBSYSTEMS.has(value);
}

export class Vocabulary {
  readonly #keys = new Set(AGENT_KEYS);
  readonly #values = new Map<string, Texts>();
  readonly #kernel = new Texts();
  #records = 0;
  #kernelLines = 0;

  constructor() {
    for (const message of MESSAGES) this.#textsOf('msg').add(message);
  }

  /** A sound record of the agent. */
  learnRecord(keys: readonly string[], values: readonly unknown[]): void {
    if (++this.#records > RECORDS_MAX) return;
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as string;
      const value = values[index];
      if (key === 'ts' || key === 'level' || typeof value !== 'string') continue;
      if (this.#keys.size < TEXTS_MAX) this.#keys.add(key);
      if (!isKnownForm(key, value)) this.#textsOf(key).add(value);
    }
  }

  /** Whether a line of a kernel can still be something new. */
  get learnsKernel(): boolean {
    return this.#kernelLines < RECORDS_MAX;
  }

  /** Whether a record of an agent can still be something new. */
  get learnsRecords(): boolean {
    return this.#records < RECORDS_MAX;
  }

  /** As learnRecord, for a text that is one JSON object; undefined: one that says nothing new. */
  learnObject(json: string | undefined): void {
    if (json === undefined) {
      this.#records++;
      return;
    }
    const object = JSON.parse(json) as Readonly<Record<string, unknown>>;
    this.learnRecord(Object.keys(object), Object.values(object));
  }

  /** @param text undefined: it is one that was learned before. */
  learnKernel(text: string | undefined): void {
    if (++this.#kernelLines <= RECORDS_MAX && text !== undefined) this.#kernel.add(text);
  }

  knowsKey(key: string): boolean {
    return this.#keys.has(key);
  }

  knowsKernel(text: string): boolean {
    return this.#kernel.has(text);
  }

  /** Whether an agent would write the value under the key. */
  knowsValue(key: string, value: string): boolean {
    return isKnownForm(key, value) || (FORMS[key] === undefined && this.#textsOf(key).has(value));
  }

  #textsOf(key: string): Texts {
    const known = this.#values.get(key);
    if (known) return known;
    const texts = new Texts();
    if (this.#values.size < 512) this.#values.set(key, texts);
    return texts;
  }
}
