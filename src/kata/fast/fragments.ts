// The fixed parts of what is written, by the numbers that formats/scan/assembly/kata-record.ts has for them.
import type { Arena } from '../../core/arena.ts';
import type { KataFunctions } from '../../core/scanner.ts';
import type { Component, Era, Level } from '../record.ts';

/** Numbers are places in these lists, from 1. */
export const COMPONENTS: readonly Component[] = [
  'runtime',
  'shim',
  'proxy',
  'agent',
  'guest-kernel',
  'guest-systemd',
  'guest-other',
  'qemu',
  'clh',
  'fc',
  'dragonball',
  'virtiofsd',
  'monitor',
  'deploy',
  'ctl',
  'containerd',
  'crio',
  'workload',
];
export const LEVEL_NUMBERS: readonly Level[] = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
const ERAS: readonly Era[] = ['1x', 'go', 'rs-json', 'rs-journal'];
export const HYPERVISOR_NUMBERS: readonly string[] = ['qemu', 'clh', 'fc', 'stratovirt', 'dragonball'];

const FIRST_OF = { component: 0, level: 32, era: 40, hypervisor: 48 } as const;
const FIRST_LABEL = 64;
const LABELS: readonly string[] = [
  ',"msg":"',
  ',"time":"',
  ',"guest_time":"',
  ',"kernel_time":',
  ',"sandbox":"',
  ',"container":"',
  ',"pid":',
  ',"exec":"',
  ',"subsystem":"',
  ',"vm_pid":',
  ',"exit_code":',
  ',"error":"',
  ',"problem":true',
  ',"event":"initcall"',
  ',"repairs":["C10"]',
  ',"repairs":["C10","C9"]',
  '{"@timestamp":"',
  '","kata":',
  ',"fields":',
  ',"wrapper":',
  ',"source":{"path":',
  ',"line":',
  ',"offset":',
  ',"bytes":',
  ',"repairs":["C18"]',
  ',"raw":"',
  '{"kata":',
  ',"wrapper":',
  ',"repairs":["C19"]',
  ',"repairs":["C21"]',
  ',"repairs":["C18","C10"]',
  ',"repairs":["C18","C10","C9"]',
  '{"time":"',
  '","host":"',
  '","ident":"',
  '","pid":"',
  '{"stream":"',
  '","time":"',
];

export function prepareFragments(arena: Arena, kata: KataFunctions): void {
  const texts: string[] = [];
  const number = (name: keyof typeof FIRST_OF, values: readonly string[]): void => {
    for (const [index, value] of values.entries()) texts[FIRST_OF[name] + index + 1] = `,"${name}":"${value}"`;
  };
  number('component', COMPONENTS);
  number('level', LEVEL_NUMBERS);
  number('era', ERAS);
  number('hypervisor', HYPERVISOR_NUMBERS);
  for (const [index, label] of LABELS.entries()) texts[FIRST_LABEL + index] = label;
  const table = new Uint32Array(texts.length * 2);
  for (const [index, text = ''] of texts.entries()) {
    const bytes = Buffer.from(text);
    const start = arena.constant(bytes);
    table[index * 2] = start;
    table[index * 2 + 1] = start + bytes.length;
  }
  kata.setFragments(arena.constant(new Uint8Array(table.buffer)));
}
