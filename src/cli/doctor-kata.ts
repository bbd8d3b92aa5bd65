// `katalog doctor kata`: which lines of which configuration keep Kata's records out of the log, and what to write instead.
import * as path from 'node:path';
import type { Problem } from '../core/problem.ts';
import { checkJournald } from '../kata/doctor/journald-config.ts';
import { checkKata } from '../kata/doctor/kata-config.ts';
import {
  checkContainerd,
  checkCrio,
  kataConfigsOfContainerd,
  kataConfigsOfCrio,
} from '../kata/doctor/runtime-config.ts';
import { readToml, TomlFile, TomlLayers } from '../kata/doctor/toml-file.ts';
import type { NodeFiles } from './doctor-files.ts';

const CONTAINERD_FILES = [
  '/etc/containerd/config.toml',
  '/var/lib/rancher/k3s/agent/etc/containerd/config.toml',
  '/var/lib/rancher/rke2/agent/etc/containerd/config.toml',
];
const CRIO_FILES = ['/etc/crio/crio.conf'];
const CRIO_DROP_INS = ['/usr/lib/crio/crio.conf.d', '/etc/crio/crio.conf.d'];
/** Where Kata looks for its configuration, the first that is there winning. */
const KATA_DIRECTORIES = [
  '/etc/kata-containers',
  '/opt/kata/share/defaults/kata-containers',
  '/usr/share/defaults/kata-containers',
];
const KATA_FILE = 'configuration.toml';
const JOURNALD_DIRECTORIES = ['/usr/lib/systemd', '/run/systemd', '/etc/systemd'];
const SERVICES = ['containerd', 'crio', 'k3s', 'k3s-agent', 'rke2-server', 'rke2-agent'];
const UNIT_DIRECTORIES = ['/usr/lib/systemd/system', '/run/systemd/system', '/etc/systemd/system'];

export interface KataDiagnosis {
  /** What was looked at. */
  readonly files: readonly string[];
  readonly problems: readonly Problem[];
}

/** @throws {EnvironmentError} `doctor/read` when a file is there and cannot be read */
export function diagnoseKata(node: NodeFiles): KataDiagnosis {
  const seen: string[] = [];
  const problems: Problem[] = [];
  const read = (files: readonly string[]): readonly TomlFile[] =>
    node.readAll(files).flatMap((file) => {
      if (seen.includes(file.path)) return [];
      seen.push(file.path);
      const toml = readToml(file);
      if (toml instanceof TomlFile) return [toml];
      problems.push(toml);
      return [];
    });
  const containerd = CONTAINERD_FILES.map((file) => withImports(node, read([file]), read));
  const crio = read([...CRIO_FILES, ...CRIO_DROP_INS.flatMap((directory) => node.list(directory, '.conf'))]);
  for (const files of containerd) if (files.length > 0) problems.push(...checkContainerd(new TomlLayers(files)));
  if (crio.length > 0) problems.push(...checkCrio(new TomlLayers(crio)));
  const named = [...kataConfigsOfContainerd(containerd.flat()), ...kataConfigsOfCrio(crio)];
  const configs = kataConfigs(node, named);
  for (const config of configs) {
    const files = read([config, ...node.list(path.join(path.dirname(config), 'config.d'), '.toml')]);
    if (files.length > 0) problems.push(...checkKata(new TomlLayers(files)));
  }
  if (configs.length === 0) problems.push(noKata());
  problems.push(...journaldProblems(node, seen));
  return { files: seen, problems };
}

/** containerd's `imports`, whose patterns end in `*.toml`. */
function withImports(
  node: NodeFiles,
  files: readonly TomlFile[],
  read: (files: readonly string[]) => readonly TomlFile[],
): readonly TomlFile[] {
  const imports = files.flatMap((file) => {
    const value = file.find('imports')?.value;
    const patterns = Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
    return patterns.flatMap((pattern) => {
      const full = path.resolve(path.dirname(file.path), pattern);
      return path.basename(full) === '*.toml' ? node.list(path.dirname(full), '.toml') : [full];
    });
  });
  return [...files, ...read(imports)];
}

/** The configurations that a runtime names; else the one Kata finds itself; else all there are. */
function kataConfigs(node: NodeFiles, named: readonly string[]): readonly string[] {
  const there = [...new Set(named)].filter((file) => node.exists(file));
  if (there.length > 0) return there;
  const found = KATA_DIRECTORIES.map((directory) => path.join(directory, KATA_FILE)).find((file) => node.exists(file));
  if (found !== undefined) return [found];
  return KATA_DIRECTORIES.flatMap((directory) =>
    node.list(directory, '.toml').filter((file) => path.basename(file).startsWith('configuration')),
  );
}

function noKata(): Problem {
  return {
    code: 'doctor/no-kata',
    severity: 'notice',
    message: `no configuration of Kata Containers in ${KATA_DIRECTORIES.join(', ')}`,
    hint: "for a node's disk that is mounted elsewhere: katalog doctor kata --root DIR",
  };
}

function journaldProblems(node: NodeFiles, seen: string[]): readonly Problem[] {
  const main = JOURNALD_DIRECTORIES.map((directory) => `${directory}/journald.conf`).findLast((file) =>
    node.exists(file),
  );
  const dropIns = byName(
    JOURNALD_DIRECTORIES.flatMap((directory) => node.list(`${directory}/journald.conf.d`, '.conf')),
  );
  const files = node.readAll([...(main === undefined ? [] : [main]), ...dropIns]);
  const services = node.readAll(
    SERVICES.flatMap((unit) =>
      byName(UNIT_DIRECTORIES.flatMap((directory) => node.list(`${directory}/${unit}.service.d`, '.conf'))),
    ),
  );
  if (files.length === 0 && !node.exists('/var/log/journal') && !node.exists('/run/log/journal')) return [];
  seen.push(...[...files, ...services].map((file) => file.path));
  return checkJournald({ files, services, hasPersistentDirectory: node.exists('/var/log/journal') });
}

/** systemd reads drop-ins in the order of their names; of two with one name the one in /etc counts. */
function byName(files: readonly string[]): readonly string[] {
  const byBase = new Map(files.map((file) => [path.basename(file), file]));
  return [...byBase].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, file]) => file);
}
