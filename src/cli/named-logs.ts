// This host's own logs, and what is told of those that cannot be read.
import * as fs from 'node:fs';
import { EnvironmentError, systemCode } from '../core/failure.ts';
import { printable } from '../core/problem.ts';
import { isJournalFolder } from '../readers/journal-pairs.ts';
import { STDIN } from '../readers/kata-inputs.ts';
import { globbed } from './named-inputs.ts';

/** Where a node keeps what Kata writes; those that exist are read where no file is named. */
const HOST_LOGS = [
  '/var/log/journal',
  '/run/log/journal',
  '/var/lib/rancher/k3s/agent/containerd/containerd.log',
  '/var/lib/rancher/rke2/agent/containerd/containerd.log',
];

/** Whether a name stands for something that is there: it may be no log. */
export function isThere(name: string): boolean {
  return name === STDIN || fs.existsSync(name) || globbed(name).length > 0;
}

export function foundHostLogs(): readonly string[] {
  return HOST_LOGS.filter((file) => (isFolder(file) ? isJournalFolder(file) : fs.existsSync(file)));
}

/** @throws {EnvironmentError} `files/none` */
export function hostLogs(): readonly string[] {
  const found = foundHostLogs();
  if (found.length > 0) return found;
  throw new EnvironmentError(
    'files/none',
    `this host has no Kata logs in the usual places (${HOST_LOGS.join(', ')}); name the files to read`,
  );
}

/** What cannot be read, for people: where, why, what to do. */
export function unreadText({ message, code, cause }: EnvironmentError): string {
  const hint = code === 'files/read' ? HINTS[systemCode(cause) ?? ''] : undefined;
  const todo = hint === undefined ? '' : `    hint: ${hint}\n`;
  return `${printable(message)} [${code}]; the other logs are read\n${todo}`;
}

const HINTS: Readonly<Record<string, string>> = {
  EACCES: 'read it as root, or as a member of the group that may (systemd-journal, adm)',
  EPERM: 'read it as root, or as a member of the group that may (systemd-journal, adm)',
  ENOENT: 'it was there a moment ago: rotated? Name it again',
  EIO: 'look whether its disk is sound',
};

const isFolder = (file: string): boolean => fs.statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
