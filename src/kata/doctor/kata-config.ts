// What a configuration of Kata keeps out of the log: which line, what is lost, what to write.
import type { Problem } from '../../core/problem.ts';
import type { Found, TomlLayers } from './toml-file.ts';

/** Of the Rust shim: it needs no debug level of containerd, and has levels of its own. */
export function isRuntimeRs(config: TomlLayers): boolean {
  const name = config.find('runtime', 'name')?.value;
  return name === 'virt_container' || config.files.some(({ path }) => path.includes('runtime-rs'));
}

export function checkKata(config: TomlLayers): readonly Problem[] {
  const hypervisors = config.names('hypervisor').map((name) => ['hypervisor', name] as const);
  return [
    ...hypervisors.flatMap((table) => checkHypervisor(config, table)),
    ...config.names('agent').flatMap((name) => checkAgent(config, ['agent', name])),
    ...checkRuntime(config),
    ...['proxy', 'shim'].flatMap((kind) => config.names(kind).flatMap((name) => checkPart(config, [kind, name]))),
    ...(config.names('netmon').length > 0 || config.find('netmon', 'enable_netmon')?.value === true
      ? checkPart(config, ['netmon'])
      : []),
  ];
}

type TableName = readonly string[];

function debugOff(config: TomlLayers, table: TableName, code: string, loses: string): readonly Problem[] {
  const found = config.find(...table, 'enable_debug');
  if (found?.value === true) return [];
  return [hidden(config, table, 'enable_debug', found, code, loses, 'enable_debug = true')];
}

function hidden(
  config: TomlLayers,
  table: TableName,
  key: string,
  found: Found | undefined,
  code: string,
  loses: string,
  write: string,
): Problem {
  const state = found ? `${key} = ${JSON.stringify(found.value)}` : `without ${key}`;
  return {
    code: `doctor/${code}`,
    severity: 'warning',
    message: `[${table.join('.')}] ${state} hides ${loses}`,
    place: found?.place ?? config.placeOf(...table, key),
    hint: `write under [${table.join('.')}]: ${write}`,
  };
}

function checkHypervisor(config: TomlLayers, table: TableName): readonly Problem[] {
  const loses = "the guest's console: its kernel, systemd and the agent's panics, and what the hypervisor prints";
  return [
    ...debugOff(config, table, 'guest-console', loses),
    ...checkKernelParams(config, table),
    ...checkLogLevel(config, table),
  ];
}

function checkKernelParams(config: TomlLayers, table: TableName): readonly Problem[] {
  const found = config.find(...table, 'kernel_params');
  const words = typeof found?.value === 'string' ? found.value.split(/\s+/) : [];
  if (!found) return [];
  const drop = (word: string): string =>
    `kernel_params = ${JSON.stringify(words.filter((each) => each !== word).join(' '))}`;
  return words.flatMap((word): readonly Problem[] => {
    const level = /^agent\.log=(\w+)$/.exec(word)?.[1];
    if (word === 'quiet' || /^loglevel=[0-3]$/.test(word)) {
      return [
        hidden(
          config,
          table,
          'kernel_params',
          found,
          'quiet-kernel',
          `most of the guest kernel's lines ("${word}")`,
          drop(word),
        ),
      ];
    }
    if (level === undefined || level === 'debug' || level === 'trace') return [];
    return [
      hidden(
        config,
        table,
        'kernel_params',
        found,
        'agent-level',
        `the agent's records below ${level} ("${word}")`,
        drop(word),
      ),
    ];
  });
}

function checkAgent(config: TomlLayers, table: TableName): readonly Problem[] {
  const loses = "the agent's debug records (it logs at info)";
  return [...debugOff(config, table, 'agent-debug', loses), ...checkLogLevel(config, table)];
}

function checkRuntime(config: TomlLayers): readonly Problem[] {
  const needs = isRuntimeRs(config)
    ? ''
    : ": calls with their times, QMP, container states (containerd's level must be debug, too)";
  const loses = `the shim's debug records${needs}`;
  return [...debugOff(config, ['runtime'], 'runtime-debug', loses), ...checkLogLevel(config, ['runtime'])];
}

/** runtime-rs: an explicit level wins over enable_debug. */
function checkLogLevel(config: TomlLayers, table: TableName): readonly Problem[] {
  const found = config.find(...table, 'log_level');
  if (!isRuntimeRs(config)) return [];
  if (typeof found?.value !== 'string' || /^(?:debug|trace)$/i.test(found.value)) return [];
  const loses = `what is below ${found.value}, whatever enable_debug says`;
  return [hidden(config, table, 'log_level', found, 'log-level', loses, 'log_level = "debug"')];
}

/** Kata 1.x had more processes, each with a switch of its own. */
function checkPart(config: TomlLayers, table: TableName): readonly Problem[] {
  return debugOff(config, table, 'part-debug', `the debug records of kata-${table[0]}`);
}
