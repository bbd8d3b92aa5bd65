// `katalog doctor kata`: which lines of which configuration keep Kata's records out of the log, and what to write instead.
import * as path from 'node:path';
import type { Problem } from '../core/problem.ts';
import { checkJournald } from '../kata/doctor/journald-config.ts';
import { checkKata, isRuntimeRs } from '../kata/doctor/kata-config.ts';
import {
  checkContainerd,
  checkCrio,
  kataRuntimesOfContainerd,
  kataRuntimesOfCrio,
} from '../kata/doctor/runtime-config.ts';
import { TomlLayers } from '../kata/doctor/toml-file.ts';
import type { NodeFiles } from './doctor-files.ts';
import { kataConfigs, noKata, withImports } from './doctor-kata-files.ts';
import { DoctorReader } from './doctor-reader.ts';

const CONTAINERD_FILES = [
  '/etc/containerd/config.toml',
  '/var/lib/rancher/k3s/agent/etc/containerd/config.toml',
  '/var/lib/rancher/rke2/agent/etc/containerd/config.toml',
];
const CRIO_FILES = ['/etc/crio/crio.conf'];
const CRIO_DROP_INS = ['/usr/lib/crio/crio.conf.d', '/etc/crio/crio.conf.d'];
/** The later counts where two have a file of one name. */
const JOURNALD_DIRECTORIES = ['/usr/lib/systemd', '/usr/local/lib/systemd', '/run/systemd', '/etc/systemd'];
const SERVICES = ['containerd', 'crio', 'k3s', 'k3s-agent', 'rke2-server', 'rke2-agent'];
const UNIT_DIRECTORIES = ['/lib', '/usr/lib', '/usr/local/lib', '/run', '/etc'].map((root) => `${root}/systemd/system`);

export interface KataDiagnosis {
  /** What was looked at. */
  readonly files: readonly string[];
  readonly problems: readonly Problem[];
}

export function diagnoseKata(node: NodeFiles): KataDiagnosis {
  const reader = new DoctorReader(node);
  const containerd = CONTAINERD_FILES.map((file) => withImports(reader, file));
  // CRI-O takes every file of such a folder, whatever its name.
  const dropIns = CRIO_DROP_INS.flatMap((directory) => reader.list(directory, ''));
  const crio = reader.tomls([...CRIO_FILES, ...dropIns]);
  const runtimes = [...containerd.flatMap(kataRuntimesOfContainerd), ...kataRuntimesOfCrio(crio)];
  const unread = reader.unread;
  const configs = kataConfigs(reader, runtimes);
  const isNone = configs.length === 0 && reader.unread === unread;
  // The Rust shim does not take its level from who starts it.
  if (configs.length === 0 || !configs.every(isRuntimeRs)) {
    for (const files of containerd) if (files.length > 0) reader.add(...checkContainerd(new TomlLayers(files)));
    if (crio.length > 0) reader.add(...checkCrio(new TomlLayers(crio)));
  }
  for (const config of configs) reader.add(...checkKata(config));
  if (isNone) reader.add(noKata());
  checkJournal(reader);
  return { files: [...reader.seen], problems: reader.problems };
}

function checkJournal(reader: DoctorReader): void {
  const { node } = reader;
  const dropInsIn = (directories: readonly string[]): readonly string[] =>
    byName(directories.flatMap((directory) => reader.list(directory, '.conf')));
  const lastOf = (files: readonly string[]): readonly string[] => files.filter((file) => node.exists(file)).slice(-1);
  const files = reader.texts([
    ...lastOf(JOURNALD_DIRECTORIES.map((directory) => `${directory}/journald.conf`)),
    ...dropInsIn(JOURNALD_DIRECTORIES.map((directory) => `${directory}/journald.conf.d`)),
  ]);
  const services = SERVICES.map((name) => {
    const unit = lastOf(UNIT_DIRECTORIES.map((directory) => `${directory}/${name}.service`));
    const dropIns = UNIT_DIRECTORIES.map((directory) => `${directory}/${name}.service.d`);
    return reader.texts([...unit, ...dropInsIn(dropIns)]);
  });
  if (files.length === 0 && !node.exists('/var/log/journal') && !node.exists('/run/log/journal')) return;
  reader.add(...checkJournald({ files, services, hasPersistentDirectory: node.exists('/var/log/journal') }));
}

/** systemd reads drop-ins in the order of their names; of two with one name the one in /etc counts. */
function byName(files: readonly string[]): readonly string[] {
  const byBase = new Map(files.map((file) => [path.basename(file), file]));
  return [...byBase].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, file]) => file);
}
