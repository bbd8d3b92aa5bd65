// What containerd's and CRI-O's configuration keep out of Kata's log, and which Kata configuration they use.
import type { Problem } from '../../core/problem.ts';
import type { TomlFile, TomlLayers } from './toml-file.ts';

const NEEDS_DEBUG = "the Go shim's debug records: it gets its level from here, whatever Kata's own configuration says";
const KATA_TYPE = /^io\.containerd\.kata.*\.v2$/;

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

/** Paths of the Kata configurations that containerd's runtimes name; the tables differ between its versions. */
export function kataConfigsOfContainerd(files: readonly TomlFile[]): readonly string[] {
  return files.flatMap((file) =>
    file
      .tables('plugins')
      .flatMap(([plugin]) => file.tables('plugins', plugin, 'containerd', 'runtimes'))
      .filter(([, runtime]) => KATA_TYPE.test(String(runtime['runtime_type'])))
      .flatMap(([, runtime]) => pathIn(runtime['options'], 'ConfigPath')),
  );
}

export function kataConfigsOfCrio(files: readonly TomlFile[]): readonly string[] {
  return files.flatMap((file) =>
    file
      .tables('crio', 'runtime', 'runtimes')
      .filter(([name, runtime]) => name.includes('kata') || String(runtime['runtime_path']).includes('kata'))
      .flatMap(([, runtime]) => pathIn(runtime, 'runtime_config_path')),
  );
}

function pathIn(table: unknown, key: string): readonly string[] {
  if (typeof table !== 'object' || table === null || !Object.hasOwn(table, key)) return [];
  const value: unknown = Reflect.get(table, key);
  return typeof value === 'string' && value !== '' ? [value] : [];
}
