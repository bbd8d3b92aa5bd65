// What messages name in their text and in no pair: containers, processes of hypervisors, exit codes.
import type { Kata } from './record.ts';

const NAME = '([A-Za-z0-9][A-Za-z0-9._-]{0,127})';
const CONTAINER_AND_EXEC = new RegExp(String.raw`\bcid:? ${NAME},? eid:? ${NAME}?`);
const CONTAINER = new RegExp(String.raw`^get_oom_event return ${NAME}$|\bcontainere_id:? "?${NAME}`);
const HYPERVISOR = /^sandbox ([0-9a-f]{64}) hypervisor pid is (\d{1,15})$|\(qemuPid=(\d{1,15})\)/;
const EXIT_CODE = /^(?:end wait process exit code|container process exited with)\D{0,40}(\d{1,15})/;

/** Every message that says any of it has one of these. */
const SUSPECT = /\bcid:? |^get_oom_event return|containere_id|hypervisor pid is|qemuPid=|exit code|exited with/;

/** Whether a message may name something that only its text says. */
export function namesInText(message: string): boolean {
  return SUSPECT.test(message);
}

/** Takes what the message says and no pair did. */
export function fillFromMessage(kata: Kata): void {
  const { msg } = kata;
  if (msg === undefined || !SUSPECT.test(msg)) return;
  const [, process, exec] = CONTAINER_AND_EXEC.exec(msg) ?? [];
  const [, killed, named] = CONTAINER.exec(msg) ?? [];
  kata.container ??= process ?? killed ?? named;
  kata.exec ??= exec;
  const [, sandbox, pid, qemu] = HYPERVISOR.exec(msg) ?? [];
  kata.sandbox ??= sandbox;
  kata.vm_pid ??= numberOf(pid ?? qemu);
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
