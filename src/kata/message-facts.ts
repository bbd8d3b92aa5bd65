// Messages that mean more than their text: those that pass something on, and those that name in their text what no pair does.
import type { Kata } from './record.ts';

/** The messages with which the shim passes on a line of the guest's console, and what QEMU says. */
export const GUEST_CONSOLE = 'reading guest console';
export const QMP_EVENT = 'got QMP event';

const NAME = '([A-Za-z0-9][A-Za-z0-9._-]{0,127})';
const CONTAINER_AND_EXEC = new RegExp(String.raw`\bcid:? ${NAME},? eid:? ${NAME}?`);
const CONTAINER = new RegExp(String.raw`^get_oom_event return ${NAME}$|\bcontainere_id:? "?${NAME}`);
const HYPERVISOR = /^sandbox ([0-9a-f]{64}) hypervisor pid is (\d{1,15})$/;
const EXIT_CODE = /^(?:end wait process exit code|container process exited with)\D{0,40}(\d{1,15})/;

/** Every message that says any of it has one of these. */
const NAMES_CONTAINER = /\bcid:? |^get_oom_event return|containere_id/;
const NAMES_OTHERS = /hypervisor pid is|exit code|exited with/;

/** What else than a container a message may name that only its text says. */
export function namesInText(message: string): boolean {
  return NAMES_OTHERS.test(message);
}

interface Named {
  readonly container: string;
  readonly exec: string | undefined;
}

/** The container that a message names, and what runs in it. */
export function containerInText(message: string): Named | undefined {
  if (!NAMES_CONTAINER.test(message)) return undefined;
  const [, process, exec] = CONTAINER_AND_EXEC.exec(message) ?? [];
  const [, killed, named] = CONTAINER.exec(message) ?? [];
  const container = process ?? killed ?? named;
  // A number is the guest's vsock context id.
  return container === undefined || /^\d+$/.test(container) ? undefined : { container, exec };
}

/** Takes what the message says and no pair did. */
export function fillFromMessage(kata: Kata): void {
  const { msg } = kata;
  if (msg === undefined) return;
  const named = containerInText(msg);
  kata.container ??= named?.container;
  kata.exec ??= named?.exec;
  if (!NAMES_OTHERS.test(msg)) return;
  const [, sandbox, pid] = HYPERVISOR.exec(msg) ?? [];
  kata.sandbox ??= sandbox;
  kata.vm_pid ??= numberOf(pid);
  kata.exit_code ??= numberOf(EXIT_CODE.exec(msg)?.[1]);
}

function numberOf(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}

const REQUESTED = new RegExp(`container_id:"${NAME}"`);

/** The container of a request that the agent of 1.x logged as text. */
export function containerOfRequest(text: string): string | undefined {
  return REQUESTED.exec(text)?.[1];
}
