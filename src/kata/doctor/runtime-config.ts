// What containerd's and CRI-O's configuration keep out of Kata's log, and which Kata configuration they use.
import type { Place, Problem } from '../../core/problem.ts';
import { type Found, type TomlFile, TomlLayers } from './toml-file.ts';

const NEEDS_DEBUG = "the Go shim's debug records: it gets its level from here, whatever Kata's own configuration says";
const KATA_TYPE = /^io\.containerd\.kata(?:-([\w-]+))?\.v2$/;
const KATA_BINARY = /containerd-shim-kata(?:-([\w-]+?))?-v2$/;

/** @param config containerd's configuration and its imports */
export function checkContainerd(config: TomlLayers): readonly Problem[] {
  const found = config.find('debug', 'level');
  const legacy = [
    ['plugins', 'linux'],
    ['plugins', 'io.containerd.runtime.v1.linux'],
  ].some((table) => config.find(...table, 'shim_debug')?.value === true);
  if (legacy || /^(?:debug|trace)$/i.test(String(found?.value))) return [];
  const state = found ? `level = ${JSON.stringify(found.value)}` : 'without a level';
  return [
    {
      code: 'doctor/containerd-level',
      severity: 'warning',
      message: `[debug] ${state} hides ${NEEDS_DEBUG}`,
      place: found?.place ?? config.placeOf('debug', 'level'),
      hint: 'write under [debug]: level = "debug"; then restart containerd',
    },
  ];
}

/** @param config CRI-O's configuration and its drop-ins */
export function checkCrio(config: TomlLayers): readonly Problem[] {
  const found = config.find('crio', 'runtime', 'log_level');
  if (/^(?:debug|trace)$/i.test(String(found?.value))) return [];
  const state = found ? `log_level = ${JSON.stringify(found.value)}` : 'without log_level';
  return [
    {
      code: 'doctor/crio-level',
      severity: 'warning',
      message: `[crio.runtime] ${state} hides ${NEEDS_DEBUG}`,
      place: found?.place ?? config.placeOf('crio', 'runtime', 'log_level'),
      hint: 'write under [crio.runtime]: log_level = "debug"; then restart crio',
    },
  ];
}

/** A runtime of Kata's that containerd or CRI-O knows. */
export interface KataRuntime {
  readonly name: string;
  /** `clh` of `io.containerd.kata-clh.v2`; empty where the shim is the plain one. */
  readonly shim: string;
  /** The configuration that it names, if it does. */
  readonly config: ConfigName | undefined;
}

export interface ConfigName {
  readonly path: string;
  readonly place: Place;
}

/** @param files containerd's configuration and its imports, the later winning; the tables differ between its versions */
export function kataRuntimesOfContainerd(files: readonly TomlFile[]): readonly KataRuntime[] {
  const layers = new TomlLayers(files);
  return layers
    .names('plugins')
    .map((plugin) => ['plugins', plugin, 'containerd', 'runtimes'])
    .flatMap((table) =>
      layers.names(...table).flatMap((name): readonly KataRuntime[] => {
        const type = String(layers.find(...table, name, 'runtime_type')?.value);
        const shim = KATA_TYPE.exec(type) ?? KATA_BINARY.exec(type);
        if (!shim) return [];
        const config = configName(layers.find(...table, name, 'options', 'ConfigPath'));
        return [{ name, shim: shim[1] ?? '', config }];
      }),
    );
}

export function kataRuntimesOfCrio(files: readonly TomlFile[]): readonly KataRuntime[] {
  const layers = new TomlLayers(files);
  const table = ['crio', 'runtime', 'runtimes'];
  return layers.names(...table).flatMap((name): readonly KataRuntime[] => {
    const shim = KATA_BINARY.exec(String(layers.find(...table, name, 'runtime_path')?.value));
    if (!shim && !name.includes('kata')) return [];
    return [{ name, shim: shim?.[1] ?? '', config: configName(layers.find(...table, name, 'runtime_config_path')) }];
  });
}

function configName(found: Found | undefined): ConfigName | undefined {
  return typeof found?.value === 'string' && found.value !== '' ? { path: found.value, place: found.place } : undefined;
}
