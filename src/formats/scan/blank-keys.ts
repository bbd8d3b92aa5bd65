// The keys with blanks that Kata Containers writes: logrus quotes values, but never keys.

/** From the call sites of the Go runtimes 1.x to 3.x, `acrn` to StratoVirt, and of the agent. */
export const KATA_BLANK_KEYS: readonly string[] = [
  'Error create pseudo tty',
  'Error starting firecracker',
  'Hugepage options string',
  'StratoVirt Pid',
  'acrn wait failed:',
  'bindMount failed',
  'cleanupJail failed',
  'container state',
  'default cpu',
  'default mem',
  'fcAddBlockDrive failed',
  'fcInit failed:',
  'hypervisor args',
  'hypervisor cmd',
  'memory limit',
  'ociSpec Hugepage Resources',
  'pod list',
  'proxy type',
  'sandboxes count',
  'vm path',
  'wait_status result',
  'workload cpu',
  'workload mem in MB',
];

/** The list as the module reads it: for each phrase its bytes' number in 32 bits and the bytes, then a 0. */
export function encodePhrases(phrases: readonly string[]): Uint8Array {
  const parts = phrases.flatMap((phrase) => [sizeBytes(Buffer.byteLength(phrase)), Buffer.from(phrase)]);
  return Buffer.concat([...parts, sizeBytes(0)]);
}

function sizeBytes(size: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(size);
  return bytes;
}
