// One sandbox as Markdown to attach to a bug report. Secrets were blacked out when the records were read.
import { millisBetween, writeInstant } from '../kata/instant.ts';
import type { SandboxView } from '../kata/sandbox-book.ts';
import { startupMs } from '../kata/startup.ts';
import { duration } from './columns.ts';
import { callRows, laneText, podOf, rowText, SILENCE_HEAD, silenceRows } from './sandbox-text.ts';
import type { Timeline } from './sandbox-timeline.ts';
import { VERSION } from './version.ts';

const AROUND = 20;

/** Foreign text inside a table or a line of Markdown. */
const inline = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').replace(/[\\`*_{}[\]<>|#]/g, (char) => `\\${char}`);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(inline).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** Lines in a code block; nothing in them can end it. */
const block = (lines: readonly string[]): string =>
  [
    '```',
    ...lines.map((line) => line.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').replaceAll('```', "'''")),
    '```',
  ].join('\n');

export function sandboxReport(view: SandboxView, timeline: Timeline): string {
  const startup = startupMs(view.phases);
  const facts = [
    `- pod: ${inline(podOf(view))}`,
    `- hypervisor: ${inline(view.hypervisor ?? 'unknown')}`,
    `- from ${writeInstant(view.first)} to ${writeInstant(view.last)} (${duration(millisBetween(view.last, view.first))})`,
    `- ${view.records} records, ${view.errors} errors`,
    `- start-up: ${startup === undefined ? 'did not come up' : duration(startup)}`,
    `- last phase: ${view.lastPhase}${view.stuck ? ', stuck' : ''}`,
    `- completeness: ${view.gaps} places with lost records, ${view.suppressed} messages suppressed by journald`,
  ];
  const phases = view.phases.map(({ name, start, ms }) => [laneText(name), name, writeInstant(start), duration(ms)]);
  const silences = silenceRows(view, timeline);
  const calls = callRows(view.rpcs);
  const initcalls = view.initcalls.map(({ name, usecs }) => [name, duration(usecs / 1000)]);
  const error = view.firstError;
  const around = error?.time ? timeline.around(error.time, AROUND).map((row) => rowText(row).join('  ')) : [];
  return `${[
    `# Kata sandbox ${inline(view.id)}`,
    facts.join('\n'),
    '## Phases',
    table(['lane', 'phase', 'start', 'duration'], phases),
    ...(silences.length > 0 ? ['## Longest silences during the start', table(SILENCE_HEAD, silences)] : []),
    ...(calls.length > 0 ? ['## Calls', table(['call', 'count', 'median', 'longest', 'no end'], calls)] : []),
    ...(initcalls.length > 0 ? ['## Slowest initcalls', table(['initcall', 'time'], initcalls)] : []),
    ...(error ? ['## First error', inline(error.msg), block(around)] : []),
    `Made by katalog ${VERSION}; secrets are blacked out.`,
  ].join('\n\n')}\n`;
}
