// What the doctor finds in configurations: the line, and silence where everything is on.
import { expect, test } from 'vitest';
import type { Problem } from '../../core/problem.ts';
import { checkJournald, type JournaldFacts } from './journald-config.ts';
import { checkKata } from './kata-config.ts';
import {
  checkContainerd,
  checkCrio,
  type KataRuntime,
  kataRuntimesOfContainerd,
  kataRuntimesOfCrio,
} from './runtime-config.ts';
import { readToml, TomlFile, TomlLayers } from './toml-file.ts';

function toml(text: string, path = '/etc/x.toml'): TomlFile {
  const file = readToml({ path, text });
  if (file instanceof TomlFile) return file;
  throw new Error(file.message);
}

const layers = (...texts: readonly string[]): TomlLayers =>
  new TomlLayers(texts.map((text, index) => toml(text, `/etc/${index}.toml`)));
const short = (problems: readonly Problem[]): readonly string[] =>
  problems.map(({ code, place }) => `${code.replace('doctor/', '')} ${place?.file}:${place?.line}`);

const ALL_ON =
  '[hypervisor.qemu]\nenable_debug = true\n[agent.kata]\nenable_debug = true\n[runtime]\nenable_debug = true\n';

test.each<readonly [string, readonly string[], readonly string[]]>([
  ['everything on', [ALL_ON], []],
  [
    'everything off',
    [ALL_ON.replaceAll('true', 'false')],
    ['guest-console /etc/0.toml:2', 'agent-debug /etc/0.toml:4', 'runtime-debug /etc/0.toml:6'],
  ],
  [
    'nothing set: the tables are named',
    ['[hypervisor.qemu]\npath = "/bin/qemu"\n\n[agent.kata]\n[runtime]\n'],
    ['guest-console /etc/0.toml:1', 'agent-debug /etc/0.toml:4', 'runtime-debug /etc/0.toml:5'],
  ],
  ['a drop-in turns it on', ['[runtime]\nenable_debug = false\n', '[runtime]\nenable_debug = true\n'], []],
  ['a drop-in turns it off', [ALL_ON, '# why\n[runtime]\n  enable_debug = false\n'], ['runtime-debug /etc/1.toml:3']],
  [
    'kernel parameters',
    [ALL_ON.replace('[agent', 'kernel_params = "quiet agent.log=info panic=1"\n[agent')],
    ['kernel-params /etc/0.toml:3'],
  ],
  [
    'runtime-rs: an explicit level wins',
    [`${ALL_ON}name = "virt_container"\nlog_level = "info"\n`],
    ['log-level /etc/0.toml:8'],
  ],
  [
    'runtime-rs: its level alone counts, info where none is written',
    [`${ALL_ON.replace(/true\n$/, 'false\n')}name = "virt_container"\n`],
    ['log-level /etc/0.toml:5'],
  ],
  [
    'runtime-rs at debug',
    [`${ALL_ON.replace(/true\n$/, 'false\n')}name = "virt_container"\nlog_level = "debug"\n`],
    [],
  ],
  ['Kata 1.x: more processes', [`${ALL_ON}[proxy.kata]\n#enable_debug = true\n`], ['part-debug /etc/0.toml:7']],
])('kata: %s', (_, texts, expected) => {
  expect(short(checkKata(layers(...texts)))).toEqual(expected);
});

test('what to write is a line under a table', () => {
  const [problem] = checkKata(layers('[hypervisor.qemu]\nenable_debug = true\nkernel_params = "quiet panic=1"\n'));
  expect(problem?.hint).toBe('write under [hypervisor.qemu]: kernel_params = "panic=1"');
});

test.each<readonly [string, string, readonly string[]]>([
  ['debug', '[debug]\nlevel = "debug"\n', []],
  ['no level', 'version = 2\n[grpc]\n', ['containerd-level /etc/0.toml:1']],
  ['info', 'version = 2\n[debug]\n  level = "info"\n', ['containerd-level /etc/0.toml:3']],
  ['the old switch', '[plugins.linux]\nshim_debug = true\n', []],
])('containerd: %s', (_, text, expected) => {
  expect(short(checkContainerd(layers(text)))).toEqual(expected);
});

test.each<readonly [string, readonly string[], readonly string[]]>([
  ['no level', ['[crio.runtime]\n'], ['crio-level /etc/0.toml:1']],
  ['a drop-in', ['[crio.runtime]\nlog_level = "info"\n', '[crio.runtime]\nlog_level = "debug"\n'], []],
])('CRI-O: %s', (_, texts, expected) => {
  expect(short(checkCrio(layers(...texts)))).toEqual(expected);
});

test('the Kata configurations that the runtimes name', () => {
  const containerd = toml(`
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.kata]
runtime_type = "io.containerd.kata.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.kata.options]
ConfigPath = "/opt/kata/qemu.toml"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
`);
  const crio = toml(`
[crio.runtime.runtimes.kata-clh]
runtime_path = "/usr/bin/containerd-shim-kata-v2"
runtime_config_path = "/opt/kata/clh.toml"
`);
  const pathsOf = (runtimes: readonly KataRuntime[]): readonly unknown[] =>
    runtimes.map(({ shim, config }) => [shim, config?.path]);
  const split = toml(`
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.kata.options]
ConfigPath = "/opt/kata/other.toml"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.kata-clh]
runtime_type = "io.containerd.kata-clh.v2"
`);
  expect([
    pathsOf(kataRuntimesOfContainerd([containerd])),
    pathsOf(kataRuntimesOfContainerd([containerd, split])),
    pathsOf(kataRuntimesOfCrio([crio])),
  ]).toEqual([
    [['', '/opt/kata/qemu.toml']],
    [
      ['', '/opt/kata/other.toml'],
      ['clh', undefined],
    ],
    [['', '/opt/kata/clh.toml']],
  ]);
});

const CONF = '/etc/systemd/journald.conf';
const OPEN = '[Journal]\nStorage=persistent\nRateLimitIntervalSec=0\n';
const journald = (text: string, more: Partial<JournaldFacts> = {}): readonly string[] =>
  short(checkJournald({ files: [{ path: CONF, text }], hasPersistentDirectory: true, services: [], ...more }));
const dropIn = (text: string): Partial<JournaldFacts> => ({ services: [[{ path: '/etc/s.conf', text }]] });

test.each<readonly [string, string, Partial<JournaldFacts>, readonly string[]]>([
  ['open', OPEN, {}, []],
  ['the defaults', '[Journal]\n#Storage=auto\n', {}, [`journal-rate ${CONF}:1`]],
  ['no directory', '[Journal]\nRateLimitBurst=0\n', { hasPersistentDirectory: false }, [`journal-volatile ${CONF}:1`]],
  ['in memory', OPEN.replace('persistent', 'volatile'), {}, [`journal-volatile ${CONF}:2`]],
  ['off', OPEN.replace('persistent', 'none'), {}, [`journal-none ${CONF}:2`]],
  ['a level', `${OPEN}MaxLevelStore=info\n`, {}, [`journal-level ${CONF}:4`]],
  ['a level as a number', `${OPEN}MaxLevelStore=7\n`, {}, []],
  ['a limit of the service', OPEN, dropIn('[Service]\nLogRateLimitIntervalSec=5s\n'), ['journal-rate /etc/s.conf:2']],
  ['half a limit, the other half is open', OPEN, dropIn('[Service]\nLogRateLimitBurst=500\n'), []],
  [
    "half a limit, the other half is journald's",
    '[Journal]\nStorage=persistent\nRateLimitBurst=900000\n',
    dropIn('[Service]\nLogRateLimitBurst=500\n'),
    ['journal-rate /etc/s.conf:2'],
  ],
  [
    'no value, and one that is none',
    '[Journal]\nStorage=persistent\nRateLimitIntervalSec=\nRateLimitBurst=abc\n',
    {},
    [`ignored-line ${CONF}:3`, `ignored-line ${CONF}:4`, `journal-rate ${CONF}:1`],
  ],
  ['a bad value behind a good one', `${OPEN}RateLimitIntervalSec=often\n`, {}, [`ignored-line ${CONF}:4`]],
  ['an interval without an end', `${OPEN}RateLimitIntervalSec=infinity\n`, {}, [`journal-rate ${CONF}:4`]],
  ['a level of the service', OPEN, dropIn('[Service]\nLogLevelMax=notice\n'), ['journal-level /etc/s.conf:2']],
  ['other sections', `${OPEN}[Other]\nStorage=none\n`, dropIn('[Unit]\nLogLevelMax=0\n'), []],
])('journald: %s', (_, text, more, expected) => {
  expect(journald(text, more)).toEqual(expected);
});

test('what doctor proposes for journald is read after the drop-ins that are there', () => {
  const there = '/etc/systemd/journald.conf.d/quiet.conf';
  const files = [{ path: there, text: '[Journal]\nStorage=none\n' }];
  const [found] = checkJournald({ files, hasPersistentDirectory: true, services: [] });
  const proposed = /\/etc\S+\.conf/.exec(found?.hint ?? '')?.[0] ?? '';
  expect(proposed > there).toBe(true);
});

test('a file that is no TOML: where', () => {
  const problem = readToml({ path: '/etc/bad.toml', text: '[runtime]\nenable_debug = maybe\n' });
  expect(problem).toMatchObject({
    code: 'doctor/bad-toml',
    severity: 'error',
    place: { file: '/etc/bad.toml', line: 2 },
  });
});
