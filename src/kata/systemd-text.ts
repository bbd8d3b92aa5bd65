// What the guest's systemd writes on its console and to the kernel's log.

const STATUS = /^\[(?: {2}OK {2}|FAILED|DEPEND| TIME | WARN | INFO |[ *]{6})\] /;
/** Without a tag: the status that is going to come. */
const DOING = /^\s+(?:Starting|Stopping|Mounting|Unmounting|Expecting|Activating|Deactivating) .*\.\.\.$/;
const LOG = /^systemd(?:-[a-z]+)?\[\d+\]: /;
const WELCOME = /^Welcome to .*!$/;

/** The text of a kernel line. */
export function isSystemdLog(text: string): boolean {
  return LOG.test(text);
}

export function isSystemdText(text: string): boolean {
  return STATUS.test(text) || LOG.test(text) || DOING.test(text) || WELCOME.test(text);
}
