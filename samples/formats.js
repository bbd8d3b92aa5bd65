// How Kata's components put a record on a line: logrus text and JSON (shim, runtime), slog JSON (agent), kernel stamps.

const DAY = '2026-03-02';
export const SECOND_NS = 1_000_000_000;

const two = (value) => String(value).padStart(2, '0');

function clock(secondOfDay) {
  return `${two(Math.floor(secondOfDay / 3600))}:${two(Math.floor(secondOfDay / 60) % 60)}:${two(secondOfDay % 60)}`;
}

/** @param {number} ns nanoseconds since midnight @returns RFC 3339 with the fraction's trailing zeros trimmed, as Go and Rust write it */
export function timeNano(ns) {
  const fraction = String(ns % SECOND_NS)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${DAY}T${clock(Math.floor(ns / SECOND_NS))}${fraction === '' ? '' : `.${fraction}`}Z`;
}

/** The JSON formatter of logrus keeps its default layout, which has no fraction. */
export function timeSeconds(ns) {
  return `${DAY}T${clock(Math.floor(ns / SECOND_NS))}Z`;
}

const GO_ESCAPES = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\', '\x07': '\\a', '\b': '\\b' };

/** Go's strconv.Quote for printable text and the control characters a console carries. */
export function goQuote(text) {
  const escaped = text.replace(
    /[\x00-\x1f\x7f"\\]/g,
    (char) => GO_ESCAPES[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `"${escaped}"`;
}

function logfmtValue(value) {
  const text = String(value);
  return /^[A-Za-z0-9\-._/@^+]*$/.test(text) ? text : goQuote(text);
}

/** One line of logrus's TextFormatter: time, level, msg (left out when empty), then the other keys in byte order, never quoted. */
export function logrusText(ns, level, msg, fields) {
  const parts = [`time="${timeNano(ns)}"`, `level=${level}`];
  if (msg !== '') parts.push(`msg=${logfmtValue(msg)}`);
  for (const key of Object.keys(fields).sort()) parts.push(`${key}=${logfmtValue(fields[key])}`);
  return parts.join(' ');
}

const HTML_ESCAPES = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' };

/** One line of logrus's JSONFormatter: all keys in byte order, HTML characters escaped. */
export function logrusJson(ns, level, msg, fields) {
  const all = { ...fields, level, msg, time: timeSeconds(ns) };
  const sorted = Object.fromEntries(
    Object.keys(all)
      .sort()
      .map((key) => [key, all[key]]),
  );
  return JSON.stringify(sorted).replace(/[<>&]/g, (char) => HTML_ESCAPES[char]);
}

/** One agent line: msg, level, ts, then the rest in the order of a hash map; every value is a string. */
export function agentJson(random, ns, level, msg, fields) {
  const rest = { version: '0.1.0', name: 'kata-agent', source: 'agent', subsystem: 'root', pid: '214', ...fields };
  const record = { msg, level, ts: timeNano(ns) };
  for (const key of random.shuffled(Object.keys(rest))) record[key] = String(rest[key]);
  return JSON.stringify(record);
}

/** A kernel line; `ns` counts from the guest's start. */
export function kernelLine(ns, text) {
  const micros = Math.floor(ns / 1000);
  const seconds = String(Math.floor(micros / 1_000_000)).padStart(5);
  return `[${seconds}.${String(micros % 1_000_000).padStart(6, '0')}] ${text}`;
}
