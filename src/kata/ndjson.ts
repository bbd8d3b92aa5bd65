// A record as one line of `katalog parse -o ndjson`.

import { writeInstant } from './instant.ts';
import { podJson } from './memory.ts';
import type { Kata, Pairs, Understood, Value } from './record.ts';

/** The object `kata`; ends with the repairs, so that a double found later can be added (see doubles.ts). */
export function kataJson(kata: Kata): string {
  let json = '';
  if (kata.component !== undefined) json += `,"component":"${kata.component}"`;
  if (kata.level !== undefined) json += `,"level":"${kata.level}"`;
  if (kata.msg !== undefined) json += `,"msg":${JSON.stringify(kata.msg)}`;
  if (kata.time !== undefined) json += `,"time":"${writeInstant(kata.time)}"`;
  if (kata.guest_time !== undefined) json += `,"guest_time":"${writeInstant(kata.guest_time)}"`;
  if (kata.kernel_time !== undefined) json += `,"kernel_time":${kata.kernel_time}`;
  if (kata.sandbox !== undefined) json += `,"sandbox":"${kata.sandbox}"`;
  if (kata.container !== undefined) json += `,"container":"${kata.container}"`;
  if (kata.pid !== undefined) json += `,"pid":${kata.pid}`;
  if (kata.era !== undefined) json += `,"era":"${kata.era}"`;
  if (kata.pod !== undefined) json += podJson(kata.pod, String(kata.namespace));
  return `{${`${json}${detailJson(kata)}${rareJson(kata)}`.slice(1)}}`;
}

/** What some records have. */
function detailJson(kata: Kata): string {
  let json = '';
  if (kata.exec !== undefined) json += `,"exec":"${kata.exec}"`;
  if (kata.subsystem !== undefined) json += `,"subsystem":${JSON.stringify(kata.subsystem)}`;
  if (kata.hypervisor !== undefined) json += `,"hypervisor":"${kata.hypervisor}"`;
  if (kata.phase !== undefined) json += `,"phase":"${kata.phase}"`;
  if (kata.event !== undefined) json += `,"event":"${kata.event}"`;
  if (kata.rpc !== undefined) json += `,"rpc":"${kata.rpc}","rpc_edge":"${kata.rpc_edge ?? 'start'}"`;
  if (kata.vm_pid !== undefined) json += `,"vm_pid":${kata.vm_pid}`;
  if (kata.exit_code !== undefined) json += `,"exit_code":${kata.exit_code}`;
  return json;
}

/** What few records have: trouble and damage. */
function rareJson(kata: Kata): string {
  let json = '';
  if (kata.error !== undefined) json += `,"error":${JSON.stringify(kata.error)}`;
  if (kata.problem !== undefined) json += ',"problem":true';
  if (kata.template !== undefined) json += `,"template":${JSON.stringify(kata.template)}`;
  if (kata.duration_ms !== undefined) json += `,"duration_ms":${kata.duration_ms}`;
  if (kata.partial !== undefined) json += ',"partial":true';
  if (kata.gap !== undefined) json += ',"gap":true';
  if (kata.redacted !== undefined) json += `,"redacted":${kata.redacted}`;
  if (kata.dup !== undefined) json += `,"dup":${kata.dup}`;
  if (kata.repairs !== undefined) json += `,"repairs":${JSON.stringify(kata.repairs)}`;
  return json;
}

export function pairsJson(pairs: Pairs): string {
  if (pairs.json !== undefined) return pairs.json;
  const { keys, values } = pairs;
  let json = '';
  for (let index = 0; index < keys.length; index++) {
    json += `${index === 0 ? '{' : ','}${JSON.stringify(keys[index])}:${valueJson(values[index] as Value)}`;
  }
  return json === '' ? '{}' : `${json}}`;
}

/** JSON of a value. Not `JSON.stringify` where it is nested: its stack ends at some thousand levels, and a guest may write more. */
export function valueJson(value: Value): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  let json = '';
  // What is still to be written, the next one last: values, and what stands between them as it is.
  const rest: (Value | Written)[] = [value];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (next instanceof Written) json += next.text;
    else if (typeof next !== 'object' || next === null) json += JSON.stringify(next);
    else {
      const parts = Array.isArray(next) ? elements(next) : members(next as { readonly [key: string]: Value });
      for (let at = parts.length - 1; at >= 0; at--) rest.push(parts[at] as Value | Written);
    }
  }
  return json;
}

/** A piece of JSON. */
class Written {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const COMMA = new Written(',');

function elements(values: readonly Value[]): readonly (Value | Written)[] {
  const parts: (Value | Written)[] = [new Written('[')];
  for (const [at, value] of values.entries()) {
    if (at > 0) parts.push(COMMA);
    parts.push(value);
  }
  parts.push(new Written(']'));
  return parts;
}

function members(object: { readonly [key: string]: Value }): readonly (Value | Written)[] {
  const parts: (Value | Written)[] = [new Written('{')];
  for (const [at, [key, value]] of Object.entries(object).entries()) {
    parts.push(new Written(`${at === 0 ? '' : ','}${JSON.stringify(key)}:`), value);
  }
  parts.push(new Written('}'));
  return parts;
}

/** The pairs of the wrappers: the innermost one's, with the next as its `wrapper`. */
function wrappersJson(wrappers: readonly Pairs[], from: number): string {
  const json = pairsJson(wrappers[from] as Pairs);
  if (from + 1 === wrappers.length) return json;
  return `${json.slice(0, -1)}${json === '{}' ? '' : ','}"wrapper":${wrappersJson(wrappers, from + 1)}}`;
}

/** The record without a line end. */
export function ndjsonLine(record: Understood): string {
  const { kata, fields, wrappers, raw, source } = record;
  const time = kata.time === undefined ? '' : `"@timestamp":"${writeInstant(kata.time)}",`;
  let json = `{${time}"kata":${kataJson(kata)}`;
  if (fields !== undefined) json += `,"fields":${pairsJson(fields)}`;
  if (wrappers.length > 0) json += `,"wrapper":${wrappersJson(wrappers, 0)}`;
  json += `,"source":{"path":${JSON.stringify(source.path)},"line":${source.line},"offset":${source.offset},"bytes":${source.bytes}}`;
  if (raw !== undefined) json += `,"raw":${JSON.stringify(raw)}`;
  return `${json}}`;
}
