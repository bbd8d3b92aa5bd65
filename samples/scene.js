// One sandbox while it lives: its clock, the shim's records and what its guest puts on the console.
import { agentJson, kernelLine, logrusText } from './formats.js';

const MICRO_NS = 1000;

export class Scene {
  /** Lines of the shim: `{ ns, text }`. */
  shim = [];
  /** Lines of the guest's console: `{ ns, kind, text }`, kind `agent`, `kernel` or `systemd`. */
  guest = [];
  vmStartNs = 0;

  /** @param sandbox one entry of sandboxesOfDay() */
  constructor(sandbox) {
    this.sandbox = sandbox;
    this.random = sandbox.random;
    this.ns = sandbox.startNs;
  }

  /** Lets `low` to `high` microseconds pass. */
  pass(low, high) {
    this.ns += this.random.int(low * MICRO_NS, high * MICRO_NS);
  }

  /** A record of the shim, with the base fields of containerd-shim-v2. */
  log(level, msg, fields = {}) {
    this.pass(20, 900);
    const base = { name: 'containerd-shim-v2', pid: this.sandbox.pid, sandbox: this.sandbox.id };
    const all = { ...base, source: 'containerd-kata-shim-v2', ...fields };
    this.shim.push({ ns: this.ns, text: logrusText(this.ns, level, msg, all) });
  }

  /** A record of one of the shim's sub-loggers. */
  vc(subsystem, level, msg, fields = {}) {
    this.log(level, msg, { source: 'virtcontainers', subsystem, ...fields });
  }

  /** A record of a logger that was bound before the shim knew its sandbox: it has neither name, pid nor sandbox. */
  orphan(level, msg, fields) {
    this.pass(20, 400);
    this.shim.push({ ns: this.ns, text: logrusText(this.ns, level, msg, fields) });
  }

  agent(level, msg, fields = {}) {
    this.pass(30, 1500);
    this.guest.push({ ns: this.ns, kind: 'agent', text: agentJson(this.random, this.ns, level, msg, fields) });
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
