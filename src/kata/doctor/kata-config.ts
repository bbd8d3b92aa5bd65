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

/** One finding, whatever the words: each would say a whole line to write, and the lines would contradict each other. */
function checkKernelParams(config: TomlLayers, table: TableName): readonly Problem[] {
  const found = config.find(...table, 'kernel_params');
  if (typeof found?.value !== 'string') return [];
  const words = found.value.split(/\s+/).filter((word) => word !== '');
  const quiet = words.filter((word) => word === 'quiet' || /^loglevel=[0-3]$/.test(word));
  const levels = words.filter((word) => /^agent\.log=(?!debug$|trace$)\w+$/.test(word));
  const isHiding = (word: string): boolean => quiet.includes(word) || levels.includes(word);
  if (!words.some(isHiding)) return [];
  const loses = [
    ...(quiet.length > 0 ? [`most of the guest kernel's lines (${listed(quiet)})`] : []),
    ...(levels.length > 0 ? [`the agent's records below its level (${listed(levels)})`] : []),
  ].join(' and ');
  const alone = quiet.length > 0 ? 'quiet-kernel' : 'agent-level';
  const code = quiet.length > 0 && levels.length > 0 ? 'kernel-params' : alone;
  const write = `kernel_params = ${JSON.stringify(words.filter((word) => !isHiding(word)).join(' '))}`;
  return [hidden(config, table, 'kernel_params', found, code, loses, write)];
}

const listed = (words: readonly string[]): string => words.map((word) => JSON.stringify(word)).join(', ');

function checkAgent(config: TomlLayers, table: TableName): readonly Problem[] {
  const loses = "the agent's debug records (it logs at info)";
  return [...debugOff(config, table, 'agent-debug', loses), ...checkLogLevel(config, table)];
}

function checkRuntime(config: TomlLayers): readonly Problem[] {
  if (isRuntimeRs(config)) return checkRuntimeRs(config);
  const loses =
    "the shim's debug records: calls with their times, QMP, container states (containerd's level must be debug, too)";
  return debugOff(config, ['runtime'], 'runtime-debug', loses);
}

/** The Rust shim logs at its own level, which is info where none is written, and neither enable_debug nor containerd changes it. */
function checkRuntimeRs(config: TomlLayers): readonly Problem[] {
  const found = config.find('runtime', 'log_level');
  if (/^(?:debug|trace)$/i.test(String(found?.value))) return [];
  const loses = "the shim's debug records (it logs at info by itself), whatever enable_debug says";
  return [hidden(config, ['runtime'], 'log_level', found, 'log-level', loses, 'log_level = "debug"')];
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
