// Kata 1.x: kata-runtime in text and JSON, kata-proxy with the guest's console and the Go agent, kata-shim, goroutine dumps.

import { commandsOfPod } from '../cli.js';
import { logrusJson, logrusText, SECOND_NS, timeNine } from '../formats.js';
import { Random } from '../random.js';
import { hasBlankKey, sceneGroups } from './items.js';
import { agentMsg, consoleSaid, LEVELS } from './said.js';

const DUMP_SHARE = 0.08;

/** A nested value as Go's fmt prints it. */
function goText(value) {
  if (Array.isArray(value)) return '[0xc0001be000]';
  return typeof value === 'object' && value !== null ? `&{{{${Object.keys(value).join(' ')}}}}` : value;
}

function runtimeItem(record) {
  const { ns, level, msg } = record;
  const fields = Object.fromEntries(Object.entries(record.fields).map(([key, value]) => [key, goText(value)]));
  return {
    ns,
    kind: 'shim',
    line: record,
    shape: hasBlankKey(fields) ? 'C19' : null,
    text: logrusText(ns, level, msg, fields),
    said: {
      component: 'runtime',
      level,
      msg: msg === '' ? ['', null] : msg,
      time: timeNine(ns),
      sandbox: fields.sandbox,
      container: fields.container,
    },
  };
}

/** kata-runtime's records in text, as its syslog copy has them. */
function* runtimeText(seed) {
  for (let index = 0; ; index++) for (const record of commandsOfPod(index, seed)) yield runtimeItem(record);
}

/** The same with --log-format=json: whole seconds; `other` is what the text formatter makes of it. */
export function* runtimeJson(seed) {
  for (let index = 0; ; index++) {
    for (const record of commandsOfPod(index, seed)) {
      const { ns, level, msg, fields } = record;
      const item = runtimeItem(record);
      const time = timeNine(Math.floor(ns / SECOND_NS) * SECOND_NS);
      const flat = Object.values(fields).every((value) => typeof value !== 'object');
      const text = logrusJson(ns, level, msg, fields);
      yield {
        ...item,
        kind: 'json',
        shape: null,
        text,
        other: flat ? item.text : undefined,
        said: { ...item.said, time },
      };
    }
  }
}

/** What the proxy makes of a console line: an info record whose text keeps the newline. */
function proxyLine(sandbox, inner, ns) {
  const fields = { name: 'kata-proxy', pid: sandbox.pid, sandbox: sandbox.id, source: 'agent' };
  return logrusText(ns, 'info', `${inner}\n`, fields);
}

const GO_AGENT_LEVELS = { TRCE: 'trace', DEBG: 'debug', INFO: 'info', WARN: 'warning', ERRO: 'error', CRIT: 'fatal' };

/** The Go agent's line for what the Rust agent of the scene said. */
function goAgent(line) {
  const fields = { name: 'kata-agent', pid: 1, source: 'agent' };
  for (const key of ['container-id', 'cid', 'exec-id', 'signal'])
    if (line.fields[key] !== undefined && line.fields[key] !== '')
      fields[key === 'cid' ? 'container' : key] = line.fields[key];
  return logrusText(line.guestNs, GO_AGENT_LEVELS[line.level], line.msg, fields);
}

function proxyItem(scene, line) {
  const isAgent = line.kind === 'agent';
  const inner = isAgent ? goAgent(line) : line.text;
  const said = isAgent
    ? {
        component: 'agent',
        level: LEVELS[line.level],
        msg: agentMsg(line),
        guest_time: timeNine(line.guestNs),
        container: line.fields['container-id'] ?? line.fields.cid,
      }
    : consoleSaid(line.text);
  return {
    ns: line.ns,
    kind: 'proxy',
    shape: line.text.includes('\x1b') ? 'C10' : null,
    text: proxyLine(scene.sandbox, inner, line.ns),
    said: { ...said, time: timeNine(line.ns), sandbox: scene.sandbox.id },
  };
}

const GOROUTINES = [
  'goroutine 1 [running]:',
  'github.com/kata-containers/runtime/virtcontainers/pkg/signals.Backtrace()',
  '\t/go/src/github.com/kata-containers/runtime/virtcontainers/pkg/signals/signals.go:52 +0x61',
  'main.setupSignalHandler.func1(0xc00008c1e0)',
  '\t/go/src/github.com/kata-containers/runtime/cli/main.go:208 +0x1d2',
];

/** C17: SIGUSR1: every line of the dump is a record of its own at level error. */
function dumpItem(scene, ns) {
  const fields = { name: 'kata-shim', pid: scene.sandbox.pid, source: 'shim', container: scene.sandbox.id };
  const block = GOROUTINES.map((text, index) => logrusText(ns + index * 8_000, 'error', text, fields));
  const said = { component: 'shim', level: 'error', time: timeNine(ns), container: scene.sandbox.id };
  return { ns, kind: 'panic', shape: 'C17', block, carry: (text) => text, said, texts: GOROUTINES };
}

function* proxyLog(seed) {
  const random = new Random(seed);
  for (const scenes of sceneGroups(seed)) {
    for (const scene of scenes) {
      for (const line of scene.guest)
        if (line.kind !== 'text' && line.text !== '' && !line.msg?.startsWith('slog-async'))
          yield proxyItem(scene, line);
      if (random.chance(DUMP_SHARE)) yield dumpItem(scene, scene.ns + SECOND_NS);
    }
  }
}

/** Both in one log, a run of the one and then of the other, as a collected journal shows them. */
export function* oneX(seed) {
  const runtime = runtimeText(seed);
  const proxy = proxyLog(seed + 1);
  const random = new Random(seed + 2);
  for (;;) {
    const source = random.chance(0.4) ? runtime : proxy;
    for (let left = random.int(5, 40); left > 0; left--) yield source.next().value;
  }
}
