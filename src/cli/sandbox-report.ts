// One sandbox as Markdown to attach to a bug report. Secrets were blacked out when the records were read.
import { millisBetween, writeInstant } from '../kata/instant.ts';
import type { FirstError, SandboxView } from '../kata/sandbox-book.ts';
import { duration } from './columns.ts';
import { codeBlock, inlineCode, markdownTable } from './inert-markdown.ts';
import { callRows, laneText, podOf, rowText, SILENCE_HEAD, silenceRows, startupText } from './sandbox-text.ts';
import type { Timeline, TimelineRow } from './sandbox-timeline.ts';
import { VERSION } from './version.ts';

const AROUND = 20;
const PLAIN_ID = /^[0-9a-f]{64}$/;

export function sandboxReport(view: SandboxView, timeline: Timeline): string {
  const facts = [
    `- pod: ${inlineCode(podOf(view))}`,
    `- hypervisor: ${inlineCode(view.hypervisor ?? 'unknown')}`,
    `- from ${writeInstant(view.first)} to ${writeInstant(view.last)} (${duration(millisBetween(view.last, view.first))})`,
    `- ${view.records} records, ${view.errors} errors`,
    `- start-up: ${startupText(view.phases, 'did not come up')}`,
    `- last phase: ${view.lastPhase}${view.stuck ? ', stuck' : ''}`,
    `- completeness: ${view.gaps} places with lost records, ${view.suppressed} messages suppressed by journald`,
  ];
  const phases = view.phases.map(({ name, start, ms }) => [laneText(name), name, writeInstant(start), duration(ms)]);
  const silences = silenceRows(view, timeline);
  const calls = callRows(view.rpcs);
  const initcalls = view.initcalls.map(({ name, usecs }) => [name, duration(usecs / 1000)]);
  const error = view.firstError;
  const around = error ? aroundLines(error, timeline) : [];
  return `${[
    `# Kata sandbox ${PLAIN_ID.test(view.id) ? view.id : inlineCode(view.id)}`,
    facts.join('\n'),
    '## Phases',
    markdownTable(['lane', 'phase', 'start', 'duration'], phases),
    ...(silences.length > 0 ? ['## Longest silences during the start', markdownTable(SILENCE_HEAD, silences)] : []),
    ...(calls.length > 0 ? ['## Calls', markdownTable(['call', 'count', 'median', 'longest', 'no end'], calls)] : []),
    ...(initcalls.length > 0 ? ['## Slowest initcalls', markdownTable(['initcall', 'time'], initcalls)] : []),
    ...(error ? ['## First error', codeBlock(error.msg.split('\n'))] : []),
    ...(around.length > 0 ? ['Marked with `>`, among the records around it:', codeBlock(around)] : []),
    `Made by katalog ${VERSION}; secrets are blacked out.`,
  ].join('\n\n')}\n`;
}

function aroundLines({ time, msg }: FirstError, timeline: Timeline): readonly string[] {
  if (!time) return [];
  const rows = timeline.around(time, AROUND);
  const isAt = (row: TimelineRow): boolean => millisBetween(row.time, time) === 0;
  // Others may have been written in the same moment.
  const exact = rows.findIndex((row) => isAt(row) && row.msg !== '' && msg.startsWith(row.msg));
  const at = exact === -1 ? rows.findIndex(isAt) : exact;
  return rows.map((row, index) => `${index === at ? '>' : ' '} ${rowText(row).join('  ')}`);
}
