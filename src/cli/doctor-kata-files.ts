// Which files configure Kata on a node: those that the runtimes of containerd and CRI-O name, else those it finds itself.
import * as path from 'node:path';
import type { Problem } from '../core/problem.ts';
import type { ConfigName, KataRuntime } from '../kata/doctor/runtime-config.ts';
import { type TomlFile, TomlLayers } from '../kata/doctor/toml-file.ts';
import type { DoctorReader } from './doctor-reader.ts';

/** Where Kata looks for its configuration, the first that is there winning; the Rust shim in a folder of its own below. */
const KATA_DIRECTORIES = [
  '/etc/kata-containers',
  '/usr/share/defaults/kata-containers',
  '/opt/kata/share/defaults/kata-containers',
];
const KATA_FILE = 'configuration.toml';
const RUST = 'runtime-rs';

/** Each configuration with its drop-ins; one to which several names lead is there once. */
export function kataConfigs(reader: DoctorReader, runtimes: readonly KataRuntime[]): readonly TomlLayers[] {
  const names = runtimes.flatMap((runtime) => configsOf(reader, runtime));
  const found = names.length > 0 ? names : foundBySelf(reader);
  const files = found.length > 0 ? found : allOf(reader);
  return [...new Set(files.map((file) => reader.node.realPath(file)))].flatMap((file) => {
    const main = reader.tomls([file]);
    const dropIns = reader.list(path.join(path.dirname(file), 'config.d'), '.toml');
    return main.length > 0 ? [new TomlLayers([...main, ...reader.tomls(dropIns)])] : [];
  });
}

function configsOf(reader: DoctorReader, { name, shim, config }: KataRuntime): readonly string[] {
  if (config) {
    if (reader.node.exists(config.path)) return [config.path];
    reader.add(missing(name, config));
    return [];
  }
  const own = shim === '' ? [] : KATA_DIRECTORIES.flatMap((directory) => shimFiles(directory, shim));
  const found = own.find((file) => reader.node.exists(file));
  return found === undefined ? foundBySelf(reader) : [found];
}

const shimFiles = (directory: string, shim: string): readonly string[] =>
  [`runtimes/${shim}`, '.', RUST].map((folder) => path.join(directory, folder, `configuration-${shim}.toml`));

function missing(runtime: string, { path: file, place }: ConfigName): Problem {
  return {
    code: 'doctor/missing-config',
    severity: 'error',
    message: `runtime ${runtime} names the configuration ${file}, which is not there: its sandboxes do not start`,
    place,
    hint: 'write the path of a configuration that is there',
  };
}

/** The one that the Go shim finds, and the one that the Rust shim finds. */
function foundBySelf(reader: DoctorReader): readonly string[] {
  return ['.', RUST].flatMap((folder) => {
    const files = KATA_DIRECTORIES.map((directory) => path.join(directory, folder, KATA_FILE));
    return files.find((file) => reader.node.exists(file)) ?? [];
  });
}

function allOf(reader: DoctorReader): readonly string[] {
  return KATA_DIRECTORIES.flatMap((directory) =>
    ['', `${RUST}/`, 'runtimes/*/'].flatMap((folder) => reader.glob(`${directory}/${folder}configuration*.toml`)),
  );
}

export function noKata(): Problem {
  return {
    code: 'doctor/no-kata',
    severity: 'notice',
    message: `no configuration of Kata Containers in ${KATA_DIRECTORIES.join(', ')}`,
    hint: "for a node's disk that is mounted elsewhere: katalog doctor kata --root DIR",
  };
}

/** containerd's configuration and its `imports`, and what those import, each once: the later wins. */
export function withImports(reader: DoctorReader, file: string): readonly TomlFile[] {
  const pending = [file];
  const loaded = new Map<string, readonly TomlFile[]>();
  for (const name of pending) {
    if (loaded.has(name)) continue;
    const tomls = reader.tomls([name]);
    loaded.set(name, tomls);
    for (const toml of tomls) pending.push(...importsOf(reader, toml));
  }
  return [...loaded.values()].flat();
}

function importsOf(reader: DoctorReader, toml: TomlFile): readonly string[] {
  const found = toml.find('imports');
  const patterns = Array.isArray(found?.value) ? found.value.filter((each) => typeof each === 'string') : [];
  return patterns.flatMap((pattern) => {
    const full = path.resolve(path.dirname(toml.path), pattern);
    const files = reader.glob(full);
    if (found && files.length === 1 && files[0] === full && !reader.node.exists(full)) {
      reader.add({
        code: 'doctor/missing-import',
        severity: 'error',
        message: `imports names ${full}, which is not there: containerd does not start with it`,
        place: found.place,
        hint: 'take it out of imports, or write the file',
      });
    }
    return files;
  });
}
