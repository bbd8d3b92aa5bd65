// What is true of a record, whatever carries it: component, level, text, time, and whose it is. A list means "any of these",
// `null` in a list "may be absent": the specification leaves some forms open.
import { timeNine } from '../formats.js';

export const LEVELS = { TRCE: 'trace', DEBG: 'debug', INFO: 'info', WARN: 'warning', ERRO: 'error', CRIT: 'critical' };
const ANSI = /\x1b(?:\[[0-9;?]*[A-Za-z]|[c()][0-9A-Za-z]?)/g;
const STATUS = /^\[ {0,2}(?:OK|FAILED|DEPEND|TIME) {0,2}\] /;

export const withoutAnsi = (text) => text.replace(ANSI, '');

/** The same text with its outer blanks and without them. */
const trimmedToo = (text) => [...new Set([text, text.trim(), text.trimEnd()])];

function kernelSaid(text) {
  const rest = text.replace(/^\[\s*\d+\.\d{6}\] /, '');
  if (!rest.startsWith('systemd[1]: ')) return { component: 'guest-kernel', msg: [...trimmedToo(rest), text] };
  const unit = rest.slice('systemd[1]: '.length);
  return { component: 'guest-systemd', msg: [unit, rest, text] };
}

/** A line of the guest's console that no logger of Kata wrote. */
export function consoleSaid(text) {
  const plain = withoutAnsi(text);
  if (/^\[\s*\d+\.\d{6}\] /.test(plain)) return kernelSaid(plain);
  const msg = [...trimmedToo(plain), plain.replace(STATUS, '')];
  if (STATUS.test(plain)) return { component: 'guest-systemd', msg };
  return { component: ['guest-systemd', 'guest-other', null], msg };
}

/** The environment in a specification is blacked out by default: its text is not asserted. */
export const agentMsg = ({ msg }) => (msg.startsWith('receive createcontainer, spec') ? undefined : msg);

/** One line of a scene's guest; `sandbox` is known only where a wrapper names it. */
export function guestSaid(line, sandbox) {
  if (line.kind !== 'agent') return { ...consoleSaid(line.text), sandbox };
  return {
    component: 'agent',
    level: LEVELS[line.level],
    msg: agentMsg(line),
    guest_time: timeNine(line.guestNs),
    sandbox,
    container: line.fields['container-id'] ?? line.fields.cid,
  };
}

/** The raw lines of QEMU are records of the shim too. */
function shimComponent({ msg, fields }) {
  return fields.subsystem === 'qemu' && msg.startsWith('qemu-system') ? ['shim', 'qemu'] : 'shim';
}

export function shimSaid(line) {
  return {
    component: shimComponent(line),
    level: line.level,
    msg: line.msg === '' ? ['', null] : line.msg,
    time: timeNine(line.ns),
    sandbox: line.fields.sandbox,
    container: line.fields.container,
  };
}
