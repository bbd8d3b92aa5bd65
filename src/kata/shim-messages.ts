// How the shim's messages go on behind their first words. A text that begins as one of them and goes on otherwise is made of two.

/** The calls of containerd's task service. */
const CALLS =
  'Create Start Delete Exec ResizePty State Pause Resume Kill Pids CloseIO Checkpoint Connect Shutdown Stats Update Wait';
/** There may be more behind them. */
const BEGINNINGS: readonly string[] = [
  'all io stream copy started',
  'Publishing container exit status',
  'kata management inited',
  'start container execution',
  'Agent started in the sandbox',
  'Sandbox is started',
  'endpoints found after scan',
  'got QMP event',
  'QMP details',
  'created vm path',
  'Cleanup vm path',
  'Removing OCI mount',
  'Stopping sandbox in the VM',
  'Container already stopped',
  'Block device detected',
  'createContainer failed',
  'New client',
];
const PATTERNS: readonly (readonly [string, RegExp])[] = [
  ['launching /', /^launching \/\S+ with: \[.*\]$/s],
  ['Executing QMP ', /^Executing QMP command: \S+: map\[.*\]$/s],
  ['Setting container state', /^Setting container state from \w* to \w+$/],
  // Any paths, but of the shared folder those that the shim makes. Each part is looked for by itself: texts may be hostile.
  [
    'Replacing OCI mount',
    /^Replacing OCI mount \((?=.*\) source )(?=.* with .)(?!.*\/run\/kata-containers\/shared\/(?!containers\/|sandboxes\/))/s,
  ],
  ['Request to hypervisor to update oldCPUs/newCPUs: ', /^Request to hypervisor to update oldCPUs\/newCPUs: \d+\/\d+$/],
  ['Sandbox CPUs: ', /^Sandbox CPUs: \d+$/],
  ['Sandbox memory size: ', /^Sandbox memory size: \d+ MB$/],
];

/** What a message begins with, and what all of it is. */
const FORMS: readonly (readonly [string, RegExp])[] = [
  ...CALLS.split(' ').map((call) => [`${call}() `, new RegExp(`^${call}\\(\\) (?:start|end)$`)] as const),
  ...['stdin', 'stdout', 'stderr'].map((name) => [`${name} io `, /^\w+ io stream copy (?:started|exited)$/] as const),
  ...BEGINNINGS.map((text) => [text, new RegExp(`^${text}(?!\\w)`)] as const),
  ...PATTERNS,
];
/** What the record of a message says, too. */
const PAIR_OF: ReadonlyMap<string, string> = new Map([
  ['New client', 'url'],
  ['got QMP event', 'event'],
]);

/** Whether a record lacks what it is there for. */
export function lacksPair(message: string, names: readonly string[]): boolean {
  // What QEMU printed itself.
  const name = message.startsWith('qemu-system-') ? 'qemuPid' : PAIR_OF.get(message);
  return name !== undefined && !names.includes(name);
}

/** Shorter beginnings are those of many. */
const BEGUN_MIN_CHARS = 6;

/**
 * Whether a message begins as one of the shim's and goes on as none does.
 * @param begun how many of its characters are known to belong together
 */
export function goesOnOtherwise(message: string, begun: number = message.length): boolean {
  const head = message.slice(0, begun);
  const isLong = head.length >= BEGUN_MIN_CHARS;
  const forms = FORMS.filter(([start]) => head.startsWith(start) || (isLong && start.startsWith(head)));
  return forms.length > 0 && !forms.some(([, form]) => form.test(message));
}
