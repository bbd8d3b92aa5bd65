// Journals to measure with: written once by systemd-journal-remote (apt install systemd-journal-remote) into bench/data.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { fileURLToPath } from 'node:url';

const REMOTE = '/lib/systemd/systemd-journal-remote';
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

const SENDERS = ['kata', 'containerd', 'kubelet', 'systemd', 'sshd', 'kernel'];

/** One entry in the export format: some twenty fields that repeat, and a message that does not. */
function entryText(number, sender = SENDERS[(number * 7) % SENDERS.length]) {
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

/**
 * A directory with a journal, made once.
 * @param rare so many entries, spread evenly, are of the sender `rare`; 0 for none
 */
export async function journalOf(entries, rare = 0) {
  const directory = here(`data/journal-${entries}${rare > 0 ? `-rare-${rare}` : ''}`);
  if (fs.existsSync(directory)) return directory;
  if (!fs.existsSync(REMOTE))
    throw new Error(`there is no ${REMOTE}: apt install systemd-journal-remote, or give --directory`);
  const partial = `${directory}.partial`;
  fs.rmSync(partial, { recursive: true, force: true });
  fs.mkdirSync(partial, { recursive: true });
  const args = ['-o', `${partial}/bench.journal`, '--split-mode=none', '-'];
  const writer = spawn(REMOTE, args, { stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = once(writer, 'exit');
  await writeEntries(writer.stdin, entries, rare > 0 ? Math.floor(entries / rare) : 0);
  const [status] = await ended;
  if (status !== 0) throw new Error(`systemd-journal-remote ended with ${status}`);
  fs.renameSync(partial, directory);
  return directory;
}

async function writeEntries(out, entries, every) {
  const text = (number) => entryText(number, every > 0 && number % every === 0 ? 'rare' : undefined);
  for (let number = 0; number < entries; number += 1000) {
    const part = Array.from({ length: Math.min(1000, entries - number) }, (_, i) => text(number + i)).join('');
    if (!out.write(part)) await once(out, 'drain');
  }
  out.end();
}
