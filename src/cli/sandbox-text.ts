// Sandboxes for people: the list, and the life of one as a waterfall with its calls and its first error.
import type { Instant } from '../core/event.ts';
import { printable } from '../core/problem.ts';
import { millisBetween, writeInstant } from '../kata/instant.ts';
import type { RpcSpan } from '../kata/rpc-spans.ts';
import type { SandboxView } from '../kata/sandbox-book.ts';
import { startOf, startSilences } from '../kata/silences.ts';
import { LANE_OF_PHASE, PHASES, type Phase, type PhaseName, startupMs } from '../kata/startup.ts';
import { bar, columns, duration, styled } from './columns.ts';
import type { Timeline, TimelineRow } from './sandbox-timeline.ts';

const SHORT_ID = 12;
const BAR_WIDTH = 48;
const RPC_NAMES_MAX = 12;
const INITCALLS_MAX = 5;
const SLOW_INITCALL_USECS = 10_000;
const AROUND = 5;
const RUNNING = PHASES.indexOf('running');

export const laneText = (phase: PhaseName): string => LANE_OF_PHASE[phase].replace('-', ' ');

const clockOf = (time: Instant): string => writeInstant(time).slice(11, 26);
const figure = (count: number): string => count.toLocaleString('en');

export function sandboxList(views: readonly SandboxView[]): string {
  const head = ['SANDBOX', 'FIRST', 'DURATION', 'START-UP', 'RECORDS', 'ERRORS', 'HYPERVISOR', 'POD', 'LAST PHASE'];
  const rows = views.map((view) => [
    view.id.slice(0, SHORT_ID),
    writeInstant(view.first).slice(0, 23).replace('T', ' '),
    duration(millisBetween(view.last, view.first)),
    startupText(view.phases, '-'),
    figure(view.records),
    figure(view.errors),
    view.hypervisor ?? '-',
    podOf(view),
    `${view.lastPhase}${view.stuck ? ' (stuck)' : ''}`,
  ]);
  return columns([head, ...rows], new Set([2, 3, 4, 5]));
}

/** @param none what is said of a sandbox that did not come up */
export function startupText(phases: readonly Phase[], none: string): string {
  const ms = startupMs(phases);
  // Some files have whole seconds only: what took less is no time at all there.
  if (ms === 0) return '<1 s';
  return ms === undefined ? none : duration(ms);
}

export const podOf = ({ namespace, pod }: SandboxView): string =>
  pod === undefined ? '-' : `${namespace ?? ''}/${pod}`;

export function sandboxPage(view: SandboxView, timeline: Timeline): string {
  const blocks = [
    headOf(view),
    waterfall(view.phases),
    silencesOf(view, timeline),
    initcallsOf(view),
    callsOf(view.rpcs),
    errorOf(view, timeline),
  ];
  return [...blocks, completenessOf(view)].filter((block) => block !== '').join('\n');
}

function headOf(view: SandboxView): string {
  const { id, first, last, records, errors, hypervisor } = view;
  const state = view.stuck ? styled('red', 'stuck in ') : 'last phase ';
  return [
    `${styled('bold', `sandbox ${printable(id)}`)}\n`,
    `pod ${printable(podOf(view))}, hypervisor ${printable(hypervisor ?? 'unknown')}, ${state}${view.lastPhase}\n`,
    `${writeInstant(first)} to ${writeInstant(last)} (${duration(millisBetween(last, first))})\n`,
    `${figure(records)} records, ${figure(errors)} ${errors === 1 ? 'error' : 'errors'}, start-up ${startupText(view.phases, '-')}\n`,
  ].join('');
}

/** One row a phase. The bars show the start on a scale of its own; what follows may take days. */
function waterfall(phases: readonly Phase[]): string {
  const start = startOf(phases);
  const origin = start[0]?.start;
  const end = start[start.length - 1]?.end;
  if (!origin || !end) return '';
  const total = millisBetween(end, origin);
  const slowest = Math.max(...start.map(({ ms }) => ms));
  const lines = phases.map(({ name, start: from, ms }) => {
    const isStart = PHASES.indexOf(name) < RUNNING;
    const offset = millisBetween(from, origin);
    const drawn = isStart ? bar(offset, offset + ms, total, BAR_WIDTH) : ' '.repeat(BAR_WIDTH);
    const share = isStart && total > 0 ? `${((100 * ms) / total).toFixed(0)} %` : '';
    const text = isStart && ms === slowest ? styled('yellow', drawn) : drawn;
    const label = `${laneText(name).padEnd(12)}  ${name.padEnd(9)}`;
    return `${label} ${text} ${duration(ms).padStart(13)} ${share.padStart(5)}`.trimEnd();
  });
  return `${lines.join('\n')}\n`;
}

export const SILENCE_HEAD = ['silence', 'phase', 'after', 'level', 'component', 'message'];

/** How long nothing was said, in which phase, and what was said before: time, level, component, message. */
export function silenceRows({ phases }: SandboxView, timeline: Timeline): readonly (readonly string[])[] {
  return startSilences(timeline.rows(), phases).map(({ ms, phase, after }) => [duration(ms), phase, ...rowText(after)]);
}

function silencesOf(view: SandboxView, timeline: Timeline): string {
  const rows = silenceRows(view, timeline).map(([ms = '', phase = '', ...after]) => [ms, phase, 'after', ...after]);
  return rows.length === 0 ? '' : `longest silences during the start\n${columns(rows, new Set([0]))}`;
}

function initcallsOf({ initcalls }: SandboxView): string {
  const slow = initcalls.filter(({ usecs }) => usecs >= SLOW_INITCALL_USECS).slice(0, INITCALLS_MAX);
  if (slow.length === 0) return '';
  const rows = slow.map(({ name, usecs }) => [name, duration(usecs / 1000)]);
  return `slowest initcalls of the guest's kernel\n${columns(rows, new Set([1]))}`;
}

/** Calls by name: how many, how long, how many have no end. */
export function callRows(rpcs: readonly RpcSpan[]): readonly (readonly string[])[] {
  const byName = new Map<string, RpcSpan[]>();
  for (const span of rpcs) byName.set(span.name, [...(byName.get(span.name) ?? []), span]);
  const rows = [...byName].map(([name, spans]) => {
    const times = spans.flatMap(({ ms }) => ms ?? []).toSorted((one, other) => one - other);
    const longest = times[times.length - 1];
    const middle = times[Math.floor((times.length - 1) / 2)];
    return {
      longest: longest ?? 0,
      cells: [
        name,
        figure(spans.length),
        middle === undefined ? '-' : duration(middle),
        longest === undefined ? '-' : duration(longest),
        endless(spans, times.length),
      ],
    };
  });
  return rows.toSorted((one, other) => other.longest - one.longest).map(({ cells }) => cells);
}

/** How many calls have no end; the agent tells the end of few of its calls. */
function endless(spans: readonly RpcSpan[], ended: number): string {
  const tells = /^[A-Z]/.test(spans[0]?.name ?? '');
  return tells ? figure(spans.length - ended) : '-';
}

function callsOf(rpcs: readonly RpcSpan[]): string {
  if (rpcs.length === 0) return '';
  const rows = callRows(rpcs).slice(0, RPC_NAMES_MAX);
  return columns([['CALL', 'COUNT', 'MEDIAN', 'LONGEST', 'NO END'], ...rows], new Set([1, 2, 3, 4]));
}

export const rowText = ({ time, level, component, msg }: TimelineRow): readonly string[] => [
  clockOf(time),
  level,
  component,
  (msg.split('\n', 1)[0] ?? '').slice(0, 160),
];

function errorOf({ firstError }: SandboxView, timeline: Timeline): string {
  if (!firstError) return '';
  if (!firstError.time) return `first error: ${printable(firstError.msg)}\n`;
  const rows = timeline.around(firstError.time, AROUND);
  const at = rows.findIndex(
    ({ time }) => time === firstError.time || millisBetween(time, firstError.time ?? time) === 0,
  );
  const lines = columns(rows.map((row, index) => [index === at ? '>' : ' ', ...rowText(row)])).split('\n');
  const marked = lines.map((line, index) => (index === at && line !== '' ? styled('red', line) : line));
  return `first error, and the records around it\n${marked.join('\n')}`;
}

function completenessOf({ gaps, suppressed }: SandboxView): string {
  if (gaps === 0 && suppressed === 0) return 'complete: no sign of lost records\n';
  const parts = [
    ...(gaps > 0
      ? [`${figure(gaps)} ${gaps === 1 ? 'place where records are' : 'places where records are'} missing`]
      : []),
    ...(suppressed > 0 ? [`${figure(suppressed)} messages held back by journald's rate limit meanwhile`] : []),
  ];
  return `${styled('yellow', 'incomplete')}: ${parts.join(', ')}\n`;
}
