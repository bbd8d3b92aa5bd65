// One sandbox while it lives: its clock, the shim's records and what its guest puts on the console.
import { agentJson, kernelLine, logrusText } from './formats.js';

const MICRO_NS = 1000;
/** The console watcher reads a line some milliseconds after the guest wrote it. */
export const WATCHER_DELAY_NS = 3_141_593;

export class Scene {
  /** Lines of the shim: `{ ns, text, level, msg, fields }`. */
  shim = [];
  /** Lines of the guest's console: `{ ns, kind, text }`, kind `agent` (with level, msg, fields), `kernel`, `systemd` or `text`. */
  guest = [];
  /** When a phase of the sandbox's life began and ended, on the host's clock: `{ name, startNs, endNs }`. */
  phases = [];
  /** What made the start slow: `{ phase, ns, text }`. */
  causes = [];
  vmStartNs = 0;

  /** @param sandbox one entry of sandboxesOfDay() */
  constructor(sandbox) {
    this.sandbox = sandbox;
    this.random = sandbox.random;
    this.ns = sandbox.startNs;
  }

  /** Lets `low` to `high` microseconds pass. @returns how many nanoseconds it were */
  pass(low, high) {
    const ns = this.random.int(low * MICRO_NS, high * MICRO_NS);
    this.ns += ns;
    return ns;
  }

  /** Time passes that a user will want explained; `text` says by what. */
  delay(low, high, text) {
    this.causes.push({ phase: this.phases.at(-1).name, ns: this.pass(low, high), text });
  }

  /** A record of the shim, with the base fields of containerd-shim-v2. */
  log(level, msg, fields = {}) {
    this.pass(20, 900);
    const base = { name: 'containerd-shim-v2', pid: this.sandbox.pid, sandbox: this.sandbox.id };
    const all = { ...base, source: 'containerd-kata-shim-v2', ...fields };
    this.shim.push({ ns: this.ns, text: logrusText(this.ns, level, msg, all), level, msg, fields: all });
  }

  /** A record of one of the shim's sub-loggers. */
  vc(subsystem, level, msg, fields = {}) {
    this.log(level, msg, { source: 'virtcontainers', subsystem, ...fields });
  }

  /** A record of a logger that was bound before the shim knew its sandbox: it has neither name, pid nor sandbox. */
  orphan(level, msg, fields) {
    this.pass(20, 400);
    this.shim.push({ ns: this.ns, text: logrusText(this.ns, level, msg, fields), level, msg, fields });
  }

  /** Ends the phase that is open, if one is, and begins another at the last line written. */
  phase(name) {
    const guestIsLast = (this.guest.at(-1)?.ns ?? -1) > (this.shim.at(-1)?.ns ?? -1);
    const atNs = this.ns + (guestIsLast ? WATCHER_DELAY_NS : 0);
    const open = this.phases.at(-1);
    if (open) open.endNs = atNs;
    this.phases.push({ name, startNs: atNs, endNs: atNs });
  }

  agent(level, msg, fields = {}) {
    this.pass(30, 1500);
    const guestNs = this.ns + this.sandbox.skewNs;
    const text = agentJson(this.random, guestNs, level, msg, fields);
    this.guest.push({ ns: this.ns, kind: 'agent', text, level, msg, fields, guestNs });
  }

  kernel(text) {
    this.pass(8, 6000);
    this.guest.push({ ns: this.ns, kind: 'kernel', text: kernelLine(this.ns - this.vmStartNs, text) });
  }

  /** A status line of the guest's systemd, with its colours. */
  systemd(text) {
    this.pass(50, 2500);
    this.guest.push({ ns: this.ns, kind: 'systemd', text });
  }

  /** Text on the console that no logger wrote, a panic for instance. */
  console(text) {
    this.pass(5, 60);
    this.guest.push({ ns: this.ns, kind: 'text', text });
  }
}
