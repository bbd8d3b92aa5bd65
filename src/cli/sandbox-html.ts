// One sandbox as a page in one file, to attach to a bug report: it opens offline, loads nothing and sends nothing. Secrets
// were blacked out when the records were read.
import { createHash } from 'node:crypto';
import { printable } from '../core/problem.ts';
import { millisBetween, writeInstant } from '../kata/instant.ts';
import type { SandboxView } from '../kata/sandbox-book.ts';
import { startOf } from '../kata/silences.ts';
import { PHASES, type Phase } from '../kata/startup.ts';
import { duration } from './columns.ts';
import { SCRIPT, STYLE } from './sandbox-html-parts.ts';
import { callRows, laneText, podOf, SILENCE_HEAD, silenceRows, startupText } from './sandbox-text.ts';
import type { Timeline } from './sandbox-timeline.ts';
import { VERSION } from './version.ts';

const LEVELS = ['all', 'debug', 'info', 'warning', 'error', 'critical'];
const ROW_HEIGHT = 22;
const LABEL_WIDTH = 210;
const BAR_WIDTH = 560;
const CHART_WIDTH = 900;
const RUNNING = PHASES.indexOf('running');

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** They would turn the direction of reading, or are not seen. */
const BIDI = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Foreign text as text of a page. */
function escaped(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd')
    .replace(BIDI, (char) => printable(char))
    .replace(/[&<>"']/g, (char) => ENTITIES[char] ?? '');
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** JSON inside a script element: nothing in it ends the element or begins a comment. */
const embedded = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

export function sandboxHtml(view: SandboxView, timeline: Timeline): string {
  const policy = `default-src 'none'; style-src ${hashOf(STYLE)}; script-src ${hashOf(SCRIPT)}; base-uri 'none'; form-action 'none'`;
  const options = LEVELS.map((level) => `<option value="${level === 'all' ? '' : level}">${level}</option>`).join('');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Kata sandbox ${escaped(view.id)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Kata sandbox <code>${escaped(view.id)}</code></h1>
${factsOf(view)}
<h2>Life</h2>
${chartOf(view.phases)}
${tableOf('Longest silences during the start', SILENCE_HEAD, silenceRows(view, timeline))}${errorOf(view)}${tableOf('Calls', ['call', 'count', 'median', 'longest', 'no end'], callRows(view.rpcs))}${initcallsOf(view)}
<h2>Records</h2>
<form><label for="text">Text<input id="text" type="search" autocomplete="off" spellcheck="false"></label>
<label for="level">Level, at least<select id="level">${options}</select></label>
<output id="count" for="text level" aria-live="polite"></output></form>
<table><thead><tr><th scope="col">Time</th><th scope="col">Level</th><th scope="col">Component</th><th scope="col">Message</th></tr></thead><tbody id="rows"></tbody></table>
<p><button id="more" type="button" hidden>More records</button></p>
<noscript><p>The records are shown by a script in this file; it needs nothing from elsewhere.</p></noscript>
<p>Made by katalog ${VERSION}; secrets are blacked out.</p>
<script id="records" type="application/json">${embedded(recordsOf(view, timeline))}</script>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function factsOf(view: SandboxView): string {
  const { first, last, records, errors, hypervisor, lastPhase, stuck, gaps, suppressed, phases } = view;
  const facts: readonly (readonly [string, string])[] = [
    ['Pod', podOf(view)],
    ['Hypervisor', hypervisor ?? 'unknown'],
    ['Time', `${writeInstant(first)} to ${writeInstant(last)} (${duration(millisBetween(last, first))})`],
    ['Records', `${records.toLocaleString('en')}, ${errors.toLocaleString('en')} errors`],
    ['Start-up', startupText(phases, 'did not come up')],
    ['Last phase', stuck ? `${lastPhase}, stuck` : lastPhase],
    ['Completeness', `${gaps} places with lost records, ${suppressed} messages suppressed by journald`],
  ];
  return `<dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${escaped(value)}</dd>`).join('')}</dl>`;
}

/** The start on a scale of its own: what follows may take days. */
function chartOf(phases: readonly Phase[]): string {
  const start = startOf(phases);
  const [origin, end] = [start[0]?.start, start.at(-1)?.end];
  const total = origin && end ? Math.max(millisBetween(end, origin), 1e-3) : 1;
  const slowest = Math.max(...start.map(({ ms }) => ms));
  const rows = phases.map((phase, index) => {
    const { name, ms } = phase;
    const y = index * ROW_HEIGHT;
    const isStart = origin !== undefined && PHASES.indexOf(name) < RUNNING;
    const x = isStart ? LABEL_WIDTH + (BAR_WIDTH * millisBetween(phase.start, origin)) / total : LABEL_WIDTH;
    const width = isStart ? Math.max((BAR_WIDTH * ms) / total, 1) : 0;
    const bar = isStart
      ? `<rect class="${ms === slowest ? 'slow' : ''}" x="${x.toFixed(1)}" y="${y + 4}" width="${width.toFixed(1)}" height="${ROW_HEIGHT - 8}" rx="2"/>`
      : '';
    return `<text class="lane" x="0" y="${y + 16}">${laneText(name)}</text><text x="110" y="${y + 16}">${name}</text>${bar}<text x="${LABEL_WIDTH + BAR_WIDTH + 12}" y="${y + 16}">${duration(ms)}</text>`;
  });
  const said = phases.map(({ name, ms }) => `${name} ${duration(ms)}`).join(', ');
  return `<svg viewBox="0 0 ${CHART_WIDTH} ${phases.length * ROW_HEIGHT}" role="img" aria-label="Phases: ${escaped(said)}">${rows.join('')}</svg>`;
}

function errorOf({ firstError }: SandboxView): string {
  if (!firstError) return '';
  const where = [firstError.time && writeInstant(firstError.time), firstError.component].filter(Boolean).join(', ');
  return `<h2>First error</h2>\n<p class="bad"><code>${escaped(firstError.msg)}</code></p>\n<p>${escaped(where)}</p>\n`;
}

function initcallsOf({ initcalls }: SandboxView): string {
  return tableOf(
    'Slowest initcalls',
    ['initcall', 'time'],
    initcalls.map(({ name, usecs }) => [name, duration(usecs / 1000)]),
  );
}

function tableOf(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const heads = head.map((name) => `<th scope="col">${name}</th>`).join('');
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`).join('\n');
  return `<h2>${title}</h2>\n<table><thead><tr>${heads}</tr></thead><tbody>${body}</tbody></table>\n`;
}

/** Time, level, component, message, and whether it is the first error. */
function recordsOf({ firstError }: SandboxView, timeline: Timeline): readonly (readonly (string | boolean)[])[] {
  const at = firstError?.time && writeInstant(firstError.time);
  return timeline.rows().map(({ time, level, component, msg }) => {
    const text = writeInstant(time);
    const isFirst = text === at && firstError !== undefined && firstError.msg.startsWith(msg.slice(0, 100));
    return [text, level, component, msg.replace(BIDI, (char) => printable(char)), isFirst];
  });
}
