// Which files `katalog doctor kata` looks at on a node, and what it says of them: the disk is made up for each row.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { NodeFiles } from './doctor-files.ts';
import { diagnoseKata } from './doctor-kata.ts';

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-doctor-'));
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

/** Paths with their texts; a text that begins with `->` is a link to there, one that is `/` is a folder, `|` a named pipe. */
type Disk = Readonly<Record<string, string>>;

let disks = 0;

function rootOf(disk: Disk): string {
  const root = path.join(directory, String(disks++));
  fs.mkdirSync(root);
  for (const [file, text] of Object.entries(disk)) {
    const full = path.join(root, file);
    fs.mkdirSync(path.dirname(full), { recursive: true });
    if (text === '/') fs.mkdirSync(full);
    else if (text === '|') execFileSync('mkfifo', [full]);
    else if (text.startsWith('->')) fs.symlinkSync(text.slice(2), full);
    else fs.writeFileSync(full, text);
  }
  return root;
}

const DEBUG = '[debug]\nlevel = "debug"\n';
const KATA = (runtime: string, type: string, config?: string): string =>
  `[plugins.cri.containerd.runtimes.${runtime}]\nruntime_type = "io.containerd.${type}.v2"\n${
    config === undefined ? '' : `[plugins.cri.containerd.runtimes.${runtime}.options]\nConfigPath = "${config}"\n`
  }`;
const OPT = '/opt/kata/share/defaults/kata-containers';
const ON =
  '[hypervisor.qemu]\nenable_debug = true\n[agent.kata]\nenable_debug = true\n[runtime]\nenable_debug = true\n';
const OFF = ON.replace(/true\n$/, 'false\n');
const RUST = `${ON}name = "virt_container"\nlog_level = "debug"\n`;
const CONTAINERD = '/etc/containerd/config.toml';
const JOURNALD = '[Journal]\nStorage=persistent\nRateLimitIntervalSec=0\n';

test.each<readonly [string, Disk, readonly string[]]>([
  ['an empty host', {}, ['no-kata']],
  [
    'a configuration that is no TOML is there',
    { '/etc/kata-containers/configuration.toml': 'x = maybe\n' },
    ['bad-toml /etc/kata-containers/configuration.toml:1'],
  ],
  [
    'a configuration that cannot be read is there',
    { [`${OPT}/configuration-qemu.toml`]: '/' },
    [`unreadable ${OPT}/configuration-qemu.toml:1`],
  ],
  [
    'a configuration that a runtime names, and that is no TOML',
    { [CONTAINERD]: DEBUG + KATA('a', 'kata', '/etc/a.toml'), '/etc/a.toml': '[' },
    ['bad-toml /etc/a.toml:1'],
  ],
  [
    'a bad configuration of containerd says nothing of one of Kata',
    { [CONTAINERD]: '[' },
    [`bad-toml ${CONTAINERD}:1`, 'no-kata'],
  ],
  [
    'a runtime without ConfigPath: the first of the default places',
    {
      [CONTAINERD]: DEBUG + KATA('kata', 'kata'),
      '/usr/share/defaults/kata-containers/configuration.toml': OFF,
      [`${OPT}/configuration.toml`]: OFF,
    },
    ['runtime-debug /usr/share/defaults/kata-containers/configuration.toml:6'],
  ],
  [
    'a shim of its own without ConfigPath',
    {
      [CONTAINERD]: DEBUG + KATA('kata-clh', 'kata-clh'),
      [`${OPT}/configuration.toml`]: OFF,
      [`${OPT}/runtimes/clh/configuration-clh.toml`]: OFF,
      [`${OPT}/runtimes/clh/config.d/50-agent.toml`]: '[agent.kata]\nenable_debug = false\n',
    },
    [
      `agent-debug ${OPT}/runtimes/clh/config.d/50-agent.toml:2`,
      `runtime-debug ${OPT}/runtimes/clh/configuration-clh.toml:6`,
    ],
  ],
  [
    'one runtime with, one without',
    {
      [CONTAINERD]: DEBUG + KATA('a', 'kata', '/etc/a.toml') + KATA('b', 'kata'),
      '/etc/a.toml': OFF,
      '/etc/kata-containers/configuration.toml': OFF,
    },
    ['runtime-debug /etc/a.toml:6', 'runtime-debug /etc/kata-containers/configuration.toml:6'],
  ],
  [
    'drop-ins of two shims: both get them, each line is told once',
    {
      [CONTAINERD]: DEBUG + KATA('a', 'kata', '/etc/k/a.toml') + KATA('b', 'kata', '/etc/k/b.toml'),
      '/etc/k/a.toml': OFF,
      '/etc/k/b.toml': OFF,
      '/etc/k/config.d/1.toml': '[runtime]\nenable_debug = true\n[agent.kata]\nenable_debug = false\n',
    },
    ['agent-debug /etc/k/config.d/1.toml:4'],
  ],
  [
    'links to one file, through a folder that is a link',
    {
      [CONTAINERD]: DEBUG + KATA('a', 'kata', '/etc/kata/configuration.toml') + KATA('b', 'kata', '/etc/b.toml'),
      '/data/configuration-qemu.toml': OFF,
      '/data/configuration.toml': '->configuration-qemu.toml',
      '/etc/kata': '->/data',
      '/etc/b.toml': '->/etc/kata/configuration.toml',
    },
    ['runtime-debug /data/configuration-qemu.toml:6'],
  ],
  [
    'a configuration that is not there',
    { [CONTAINERD]: DEBUG + KATA('a', 'kata', '/none.toml'), '/etc/kata-containers/configuration.toml': ON },
    [`missing-config ${CONTAINERD}:6`],
  ],
  [
    'imports: patterns, nested ones, a ring, one that is missing, one that is a folder, one that is no TOML',
    {
      [CONTAINERD]: 'imports = ["conf.d/*.toml", "/etc/missing.toml"]\n',
      '/etc/containerd/conf.d/a.toml': 'imports = ["/etc/more/?.toml", "/etc/containerd/config.toml"]\n',
      '/etc/containerd/conf.d/b.toml': '/',
      '/etc/containerd/conf.d/c.toml': 'x = maybe\n',
      '/etc/more/n.toml': `${KATA('a', 'kata', '/etc/a.toml')}${DEBUG.replace('debug"', 'info"')}`,
      '/etc/a.toml': ON,
    },
    [
      `missing-import ${CONTAINERD}:1`,
      'unreadable /etc/containerd/conf.d/b.toml:1',
      'bad-toml /etc/containerd/conf.d/c.toml:1',
      'containerd-level /etc/more/n.toml:6',
    ],
  ],
  [
    'a named pipe, which nobody writes to, is not read',
    { [CONTAINERD]: DEBUG + KATA('kata', 'kata', '/etc/a.toml'), '/etc/a.toml': '|' },
    ['unreadable /etc/a.toml:1'],
  ],
  [
    'runtime-rs alone needs no debug of containerd',
    { [CONTAINERD]: KATA('a', 'kata', '/etc/a.toml'), '/etc/a.toml': RUST },
    [],
  ],
  [
    'runtime-rs beside the Go shim',
    {
      [CONTAINERD]: KATA('a', 'kata', '/etc/a.toml') + KATA('b', 'kata', '/etc/b.toml'),
      '/etc/a.toml': RUST,
      '/etc/b.toml': ON,
    },
    [`containerd-level ${CONTAINERD}:1`],
  ],
  [
    'runtime-rs in its default place',
    { [`${OPT}/runtime-rs/configuration.toml`]: RUST.replace('"debug"', '"warn"') },
    [`log-level ${OPT}/runtime-rs/configuration.toml:8`],
  ],
  [
    "CRI-O's drop-ins: the last by name counts, those in /etc behind those in /usr",
    {
      '/etc/crio/crio.conf': '[crio.runtime]\nlog_level = "debug"\n',
      '/usr/lib/crio/crio.conf.d/99-z.conf': '[crio.runtime]\nlog_level = "debug"\n',
      '/etc/crio/crio.conf.d/10-b': '[crio.runtime]\nlog_level = "warn"\n',
      '/etc/crio/crio.conf.d/05-a.conf': '[crio.runtime]\nlog_level = "debug"\n',
      '/etc/kata-containers/configuration.toml': ON,
    },
    ['crio-level /etc/crio/crio.conf.d/10-b:2'],
  ],
  [
    "journald's drop-ins: by name over all folders, of one name that in /etc",
    {
      '/etc/kata-containers/configuration.toml': ON,
      '/usr/lib/systemd/journald.conf': JOURNALD,
      '/usr/lib/systemd/journald.conf.d/20-a.conf': '[Journal]\nStorage=none\n',
      '/run/systemd/journald.conf.d/30-b.conf': '[Journal]\nStorage=volatile\n',
      '/etc/systemd/journald.conf.d/20-a.conf': '[Journal]\nMaxLevelStore=info\n',
      '/etc/systemd/journald.conf.d/10-c.conf': '[Journal]\nStorage=none\n',
    },
    [
      'journal-volatile /run/systemd/journald.conf.d/30-b.conf:2',
      'journal-level /etc/systemd/journald.conf.d/20-a.conf:2',
    ],
  ],
  [
    'limits of services: in the unit, in a drop-in, each service by itself',
    {
      '/etc/kata-containers/configuration.toml': ON,
      '/etc/systemd/journald.conf': JOURNALD,
      '/usr/lib/systemd/system/containerd.service': '[Service]\nLogRateLimitIntervalSec=5s\nLogRateLimitBurst=100\n',
      '/etc/systemd/system/crio.service.d/1.conf': '[Service]\nLogRateLimitIntervalSec=1min\n',
    },
    [
      'journal-rate /usr/lib/systemd/system/containerd.service:3',
      'journal-rate /etc/systemd/system/crio.service.d/1.conf:2',
    ],
  ],
])('%s', (_, disk, expected) => {
  const { problems } = diagnoseKata(new NodeFiles(rootOf(disk)));
  const told = problems.map(({ code, place }) =>
    `${code.replace('doctor/', '')} ${place ? `${place.file}:${place.line}` : ''}`.trim(),
  );
  expect(told).toEqual(expected);
});

test('what is written for a service stands in a drop-in that outlives an update', () => {
  const unit = '/usr/lib/systemd/system/containerd.service';
  const root = rootOf({ '/etc/systemd/journald.conf': JOURNALD, [unit]: '[Service]\nLogRateLimitIntervalSec=5s\n' });
  const found = diagnoseKata(new NodeFiles(root)).problems.find(({ code }) => code === 'doctor/journal-rate');
  expect(found?.hint).toContain('write in /etc/systemd/system/containerd.service.d/zz-kata.conf under [Service]: ');
});
