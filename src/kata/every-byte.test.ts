// Records torn at each of their characters: what the tables of the vectors show at one place holds at all of them.
import { expect, test } from 'vitest';
import { readRecords } from './plain-read.ts';
import type { Understood } from './record.ts';

const [POD, OTHER, CONTAINER] = ['a', 'b', 'c'].map((letter) => letter.repeat(64)) as [string, string, string];
const KERNEL = '[    1.122452] sd 0:0:0:0: [sda] 20971520 512-byte logical blocks: (10.7 GB/10.0 GiB)';
const RPC = 'rpc call from shim to agent: "create_container"';
const AGENT = agentLine(RPC);
const VOLUME = agentLine('attached volume "vol-ä" of 3 GiB');

function agentLine(msg: string): string {
  const ts = '2026-08-22T10:04:14.123456789Z';
  const base = { version: '0.1.0', name: 'kata-agent', pid: '214', 'container-id': CONTAINER, source: 'agent' };
  return JSON.stringify({ msg, level: 'INFO', ts, ...base, subsystem: 'rpc' });
}

function shimLine(msg: string, sandbox: string, pid: number): string {
  const base = `name=containerd-shim-v2 pid=${pid} sandbox=${sandbox} source=virtcontainers subsystem=kata_agent`;
  return `time="2026-08-22T10:04:14.5Z" level=info msg="${msg}" container=${CONTAINER} ${base}`;
}

function runtimeLine(msg: string, sandbox: string): string {
  const ts = '2026-08-22T10:04:14.123456789Z';
  return JSON.stringify({ msg, level: 'INFO', ts, name: 'kata-runtime', source: sandbox, pid: '77', version: '0.1.0' });
}

const wrapped = (text: string): string =>
  `time="2026-08-22T10:04:14.5Z" level=debug msg="reading guest console" name=containerd-shim-v2 pid=4711 sandbox=${POD} source=virtcontainers subsystem=sandbox vmconsole=${JSON.stringify(text)}`;
const plain = (text: string): string => text;

/** Message, repairs and whether it is a piece only. */
const short = ({ kata }: Understood): string =>
  `${kata.msg} ${kata.repairs?.join() ?? ''}${kata.partial === true ? ' partial' : ''}`;

const places = (text: string): readonly number[] => Array.from({ length: text.length - 1 }, (_, index) => index + 1);

test.each([
  ['a raw console', plain],
  ['the shim', wrapped],
])('a line feed inside an agent record, on %s: one record again', (_, carry) => {
  for (const at of places(VOLUME)) {
    const records = readRecords([carry(VOLUME.slice(0, at)), carry(KERNEL), carry(VOLUME.slice(at))]);
    expect(records.map(short).sort(), String(at)).toEqual([
      'attached volume "vol-ä" of 3 GiB C2',
      `${KERNEL.slice(15)} `,
    ]);
  }
});

test.each([
  ['a raw console', plain],
  ['the shim', wrapped],
])('kernel text to the end of the line, on %s: both records', (_, carry) => {
  for (const at of places(VOLUME)) {
    const records = readRecords([carry(VOLUME.slice(0, at) + KERNEL), carry(VOLUME.slice(at))]);
    expect(records.map(short).sort(), String(at)).toEqual([
      'attached volume "vol-ä" of 3 GiB C2,C1',
      `${KERNEL.slice(15)} C1`,
    ]);
  }
});

test('kernel text inside a record whose message every agent has: both, or both marked as pieces', () => {
  let whole = 0;
  for (const at of places(AGENT)) {
    const records = readRecords([AGENT.slice(0, at) + KERNEL + AGENT.slice(at)]);
    const isWhole = records.map(short).sort().join('\n') === `${RPC} C1\n${KERNEL.slice(15)} C1`;
    expect(isWhole || records.every(({ kata }) => kata.partial === true), `${at} ${records.map(short)}`).toBe(true);
    if (isWhole) whole++;
  }
  expect(whole / places(AGENT).length).toBeGreaterThanOrEqual(0.95);
});

test('two kernel texts inside one record', () => {
  const text = AGENT.replace(',"ts"', `,${KERNEL}"ts"`).replace('"pid":', `"pid"${KERNEL}:`);
  expect(readRecords([text]).map(short).sort()).toEqual([
    `${RPC} C1`,
    `${KERNEL.slice(15)} C1`,
    `${KERNEL.slice(15)} C1`,
  ]);
});

test.each([
  ['behind a blank', `dmesg: ${KERNEL}`],
  ['in quotes', `hook said "${KERNEL}" and died`],
  ['in brackets', `last line (${KERNEL})`],
  ['on lines of its own', `dmesg\n${KERNEL}\n${KERNEL}`],
])('a kernel line that a message quotes %s is part of it', (_, msg) => {
  const lines = [KERNEL, agentLine(RPC), agentLine(msg)];
  expect(readRecords(lines).map(short)).toEqual([`${KERNEL.slice(15)} `, `${RPC} `, `${msg} `]);
});

test.each([
  ['of the shim', shimLine('Starting VM', POD, 11), shimLine('VM started', OTHER, 12), 6],
  ['of runtime-rs', runtimeLine('Starting VM', POD), runtimeLine('VM started', OTHER), 1],
])('a record %s inside another one: both', (_, first, second, from) => {
  for (const at of places(first).filter((place) => place >= from && place < first.length - 1)) {
    const records = readRecords([first.slice(0, at) + second, first.slice(at)]);
    expect(records.map(short).sort(), String(at)).toEqual(['Starting VM C6', 'VM started C6']);
    expect(records.map(({ kata }) => kata.sandbox).sort()).toEqual([POD, OTHER]);
  }
});

test('records that nobody separated: each of them, and no more text than a line has', () => {
  const line = agentLine('one of many').repeat(3000);
  const records = readRecords([line]);
  expect(records.map(short)).toEqual(Array.from({ length: 3000 }, () => 'one of many C3'));
  expect(records.reduce((sum, { raw }) => sum + (raw?.length ?? 0), 0)).toBeLessThanOrEqual(line.length);
});

test('texts behind one another, deeper than a stack: all of them', () => {
  const lines = readRecords([`${KERNEL}   `.repeat(20_000)]);
  expect(lines).toHaveLength(20_000);
});
