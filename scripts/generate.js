// `npm run generate`: writes the README of each plugin from its declared settings, and docs/reference/commands.md from
// what the commands say. Text outside the markers is kept.
// With --check it writes nothing and fails when a README is out of date.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { root } from './setup.js';

const START = '<!-- options -->';
const END = '<!-- /options -->';

function katalog(...args) {
  return execFileSync(process.execPath, [`${root}bin/katalog.js`, ...args], { encoding: 'utf8' });
}

function plugins() {
  return katalog('plugins')
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(/\s/)[0].split('/'));
}

function withOptions(present, page) {
  const [head, summary, ...rest] = page.split('\n\n');
  const table = `${START}\n${rest.join('\n\n').trim()}\n${END}`;
  if (!present) return `${head}\n\n${summary}\n\n${table}\n`;
  return present.replace(new RegExp(`${START}[\\s\\S]*${END}`), () => table);
}

const stale = [];
for (const [kind, type] of plugins()) {
  const path = `${root}src/plugins/${kind}s/${type}/README.md`;
  const present = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const wanted = withOptions(present, katalog('plugins', `${kind}/${type}`));
  if (wanted === present) continue;
  stale.push(path.slice(root.length));
  if (!process.argv.includes('--check')) writeFileSync(path, wanted);
}
/** One page of what each command says with --help. */
function commandsPage() {
  const help = katalog('--help');
  const names = [...help.slice(help.indexOf('Commands:')).matchAll(/^ {2}([a-z][\w-]*)/gm)].map(([, name]) => name);
  const pages = names
    .filter((name) => name !== 'help')
    .map((name) => `## ${name}\n\n${fenced(katalog(name, '--help'))}`);
  const exits =
    'Exit codes: 0 fine, 1 problems found, 64 wrong usage, 69 something outside is missing, 70 a bug, 78 bad configuration.';
  return `# Commands\n\n${fenced(help)}\n${exits}\n\n${pages.join('\n')}`;
}

function fenced(text) {
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`;
}

const commands = `${root}docs/reference/commands.md`;
const wantedCommands = commandsPage();
if (!existsSync(commands) || readFileSync(commands, 'utf8') !== wantedCommands) {
  stale.push(commands.slice(root.length));
  if (!process.argv.includes('--check')) writeFileSync(commands, wantedCommands);
}
const verb = process.argv.includes('--check') ? 'out of date, run npm run generate' : 'written';
for (const path of stale) console.log(`${path}: ${verb}`);
process.exitCode = process.argv.includes('--check') && stale.length > 0 ? 1 : 0;
