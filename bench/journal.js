// Measures `katalog journal` against journalctl on the same journal, in the same run.
//
//   node bench/journal.js [--entries 500000] [--rounds 3] [--directory DIR] [--check]
//
// Without --directory a journal of that many entries is written by systemd-journal-remote (apt install systemd-journal-remote).
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const REMOTE = '/lib/systemd/systemd-journal-remote';
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Jobs and the largest share of journalctl's CPU time that Katalog may take. */
const JOBS = [
  { name: 'all entries as JSON', args: ['-o', 'json'], limit: 1 / 12 },
  { name: 'one match as JSON', args: ['-o', 'json', 'SYSLOG_IDENTIFIER=kata'], limit: 1 / 6 },
];

const SENDERS = ['kata', 'containerd', 'kubelet', 'systemd', 'sshd', 'kernel'];

/** One entry in the export format: some twenty fields that repeat, and a message that does not. */
function entryText(number) {
  const sender = SENDERS[(number * 7) % SENDERS.length];
  const us = 1_700_000_000_000_000 + number * 1500;
  const fields = {
    __REALTIME_TIMESTAMP: us,
    __MONOTONIC_TIMESTAMP: number * 1500,
    _BOOT_ID: 'b0'.repeat(16),
    _MACHINE_ID: '3a'.repeat(16),
    _HOSTNAME: 'minikube',
    _TRANSPORT: 'stdout',
    PRIORITY: number % 11 === 0 ? 3 : 6,
    SYSLOG_FACILITY: 3,
    SYSLOG_IDENTIFIER: sender,
    _UID: 0,
    _GID: 0,
    _PID: 1000 + (number % 40),
    _COMM: sender,
    _EXE: `/usr/bin/${sender}`,
    _CMDLINE: `/usr/bin/${sender} --config /etc/${sender}/config.toml --address /run/${sender}/${sender}.sock`,
    _CAP_EFFECTIVE: '1ffffffffff',
    _SELINUX_CONTEXT: 'unconfined',
    _SYSTEMD_CGROUP: `/system.slice/${sender}.service`,
    _SYSTEMD_UNIT: `${sender}.service`,
    _SYSTEMD_SLICE: 'system.slice',
    _STREAM_ID: `${'5'.repeat(31)}${number % 9}`,
    MESSAGE: `time="${new Date(us / 1000).toISOString()}" level=info msg="request ${number} served" sandbox=${number % 97} source=virtcontainers duration=${number % 1013}ms`,
  };
  return `${Object.entries(fields)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')}\n`;
}

/** A directory with a journal of `entries` entries, made once. */
function journalOf(entries) {
  const directory = here(`data/journal-${entries}`);
  if (fs.existsSync(directory)) return directory;
  if (!fs.existsSync(REMOTE))
    throw new Error(`there is no ${REMOTE}: apt install systemd-journal-remote, or give --directory`);
  const partial = `${directory}.partial`;
  fs.rmSync(partial, { recursive: true, force: true });
  fs.mkdirSync(partial, { recursive: true });
  const text = `${partial}.export`;
  const out = fs.openSync(text, 'w');
  for (let number = 0; number < entries; number += 1000) {
    fs.writeSync(
      out,
      Array.from({ length: Math.min(1000, entries - number) }, (_, i) => entryText(number + i)).join(''),
    );
  }
  fs.closeSync(out);
  const input = fs.openSync(text, 'r');
  const args = ['-o', `${partial}/bench.journal`, '--split-mode=none', '-'];
  const { status } = spawnSync(REMOTE, args, { stdio: [input, 'ignore', 'ignore'] });
  fs.closeSync(input);
  fs.rmSync(text);
  if (status !== 0) throw new Error(`systemd-journal-remote ended with ${status}`);
  fs.renameSync(partial, directory);
  return directory;
}

/** CPU seconds, user and system, of one command whose output goes nowhere. */
function cpuSeconds(command, args) {
  const timed = spawnSync('bash', ['-c', 'TIMEFORMAT="%U %S"; time "$@" >/dev/null', 'bash', command, ...args], {
    encoding: 'utf8',
  });
  if (timed.status !== 0) throw new Error(`${command} ended with ${timed.status}: ${timed.stderr}`);
  const [user, system] = timed.stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return user + system;
}

function countOf(command, args) {
  const { stdout } = spawnSync('bash', ['-c', '"$@" | grep -c "__CURSOR"', 'bash', command, ...args], {
    encoding: 'utf8',
  });
  return Number(stdout);
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

const { values: flags } = parseArgs({
  options: {
    entries: { type: 'string', default: '500000' },
    rounds: { type: 'string', default: '3' },
    directory: { type: 'string' },
    check: { type: 'boolean', default: false },
  },
});
const directory = flags.directory ?? journalOf(Number(flags.entries));
const program = here('../bin/katalog.js');
let isBroken = false;
for (const { name, args, limit } of JOBS) {
  const theirs = ['-D', directory, ...args];
  const ours = [program, 'journal', ...theirs];
  const entries = countOf('journalctl', theirs);
  if (countOf(process.execPath, ours) !== entries) throw new Error(`${name}: the numbers of entries differ`);
  const rounds = Array.from({ length: Number(flags.rounds) }, () => {
    const journalctl = cpuSeconds('journalctl', theirs);
    return { journalctl, katalog: cpuSeconds(process.execPath, ours) };
  });
  const journalctl = median(rounds.map((round) => round.journalctl));
  const katalog = median(rounds.map((round) => round.katalog));
  const share = katalog / journalctl;
  if (share > limit) isBroken = true;
  console.log(
    `${name}: ${entries} entries, journalctl ${journalctl.toFixed(2)} CPU s, katalog ${katalog.toFixed(2)} CPU s, 1/${(1 / share).toFixed(1)} (limit 1/${(1 / limit).toFixed(0)})`,
  );
}
process.exitCode = flags.check && isBroken ? 1 : 0;
