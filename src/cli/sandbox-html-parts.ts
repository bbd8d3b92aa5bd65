// Style and script of the page that `katalog sandbox ID --html` writes. They stand in the file, allowed by their hashes.

export const STYLE = `
:root { color-scheme: light dark; --ground: #fff; --text: #1c2128; --faint: #57606a; --line: #d0d7de; --bar: #0969da; --slow: #bc4c00; --error: #cf222e; --warning: #9a6700; --mark: #fff8c5 }
@media (prefers-color-scheme: dark) { :root { --ground: #0d1117; --text: #e6edf3; --faint: #9198a1; --line: #3d444d; --bar: #4493f8; --slow: #f0883e; --error: #ff7b72; --warning: #d29922; --mark: #3b2f0b } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 80rem; padding: 1rem; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif }
h1 { font-size: 1.2rem; overflow-wrap: anywhere } h2 { font-size: 1rem; margin: 1.5rem 0 .5rem }
code, td, pre { font: 13px/1.5 ui-monospace, monospace }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; margin: 0 } dt { color: var(--faint) } dd { margin: 0; overflow-wrap: anywhere }
svg { width: 100%; height: auto; max-height: 30rem } svg text { fill: var(--text); font: 12px ui-monospace, monospace } svg .lane { fill: var(--faint) }
svg rect { fill: var(--bar) } svg rect.slow { fill: var(--slow) }
table { border-collapse: collapse; width: 100% } th { text-align: left; color: var(--faint); font-weight: 600; font-size: 13px }
th, td { padding: .15rem .75rem .15rem 0; vertical-align: top; border-bottom: 1px solid var(--line) } td { white-space: nowrap } td.number { text-align: right }
td:last-child { white-space: pre-wrap; overflow-wrap: anywhere; width: 100% }
tr.error td, tr.critical td, .bad { color: var(--error) } tr.warning td { color: var(--warning) } tr.first td { background: var(--mark) }
form { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; position: sticky; top: 0; background: var(--ground); padding: .5rem 0 }
label { display: grid; font-size: 13px; color: var(--faint) } input, select, button { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line); border-radius: 4px; padding: .2rem .5rem }
input { width: min(30rem, 80vw) } :focus-visible { outline: 2px solid var(--bar); outline-offset: 1px } output { color: var(--faint) }
`;

/** Shows the records that have the text and the level, some at a time. Texts go into the page as texts, never as markup. */
export const SCRIPT = `
'use strict';
const records = JSON.parse(document.getElementById('records').textContent);
const levels = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
const step = 500;
const [text, level, more, count, body] = ['text', 'level', 'more', 'count', 'rows'].map((id) => document.getElementById(id));
let shown = step;
function matching() {
  const wanted = text.value.toLowerCase();
  const least = levels.indexOf(level.value);
  return records.filter(([, recordLevel, component, message]) =>
    (least <= 0 || levels.indexOf(recordLevel) >= least) &&
    (wanted === '' || message.toLowerCase().includes(wanted) || component.includes(wanted)));
}
function draw() {
  const found = matching();
  body.replaceChildren(...found.slice(0, shown).map((record) => {
    const row = document.createElement('tr');
    row.className = record[1] + (record[4] ? ' first' : '');
    for (const value of record.slice(0, 4)) row.insertCell().textContent = value;
    return row;
  }));
  more.hidden = found.length <= shown;
  count.textContent = found.length + ' of ' + records.length + ' records';
}
function restart() { shown = step; draw(); }
text.addEventListener('input', restart);
level.addEventListener('change', restart);
more.addEventListener('click', () => { shown += step; draw(); });
document.querySelector('form').addEventListener('submit', (event) => event.preventDefault());
draw();
`;
