// How Kata's components put a record on a line: logrus text and JSON (shim, runtime), slog JSON (agent), kernel stamps.

/** Midnight of the sample day, 2026-03-02, in milliseconds since the epoch. All `ns` of the samples count from there. */
const MIDNIGHT_MS = Date.UTC(2026, 2, 2);
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
export const SECOND_NS = 1_000_000_000;

/** Date and clock to the second, without a zone. */
function clock(ns) {
  return new Date(MIDNIGHT_MS + Math.floor(ns / SECOND_NS) * 1000).toISOString().slice(0, 19);
}

/** Nanoseconds of the second, nine digits. A guest whose clock is behind may count from before midnight. */
const fractionOf = (ns) => String(((ns % SECOND_NS) + SECOND_NS) % SECOND_NS).padStart(9, '0');

/** @param {number} ns nanoseconds since midnight @returns RFC 3339 with the fraction's trailing zeros trimmed, as Go and Rust write it */
export function timeNano(ns) {
  const fraction = fractionOf(ns).replace(/0+$/, '');
  return `${clock(ns)}${fraction === '' ? '' : `.${fraction}`}Z`;
}

/** RFC 3339 with all nine digits: how the shim's own log stream writes it, and the form of the truth files. */
export function timeNine(ns) {
  return `${clock(ns)}.${fractionOf(ns)}Z`;
}

/** The JSON formatter of logrus keeps its default layout, which has no fraction. */
export function timeSeconds(ns) {
  return `${clock(ns)}Z`;
}

/** As syslog writes it: no year, no zone, the day padded with a blank. */
export function timeSyslog(ns) {
  const text = clock(ns);
  return `${MONTHS[Number(text.slice(5, 7)) - 1]} ${String(Number(text.slice(8, 10))).padStart(2)} ${text.slice(11)}`;
}

/** Microseconds since the epoch, as the journal keeps time. */
export function epochMicros(ns) {
  return BigInt(MIDNIGHT_MS) * 1000n + BigInt(Math.floor(ns / 1000));
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
export function logrusText(ns, level, msg, fields, writeTime = timeNano) {
  const parts = [`time="${writeTime(ns)}"`, `level=${level}`];
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

/** One line of slog's JSON drain as Kata sets it up: msg, level, ts, then the rest in the order of a hash map; every value is a string. */
export function slogJson(random, ns, level, msg, fields) {
  const record = { msg, level, ts: timeNano(ns) };
  for (const key of random.shuffled(Object.keys(fields))) record[key] = String(fields[key]);
  return JSON.stringify(record);
}

export function agentJson(random, ns, level, msg, fields) {
  const base = { version: '0.1.0', name: 'kata-agent', source: 'agent', subsystem: 'root', pid: '214' };
  return slogJson(random, ns, level, msg, { ...base, ...fields });
}

const RUST_ESCAPES = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\', '\0': '\\0' };

/** A text as Rust's `{:?}` prints it. */
export function rustQuote(text) {
  const escaped = text.replace(
    /[\x00-\x1f\x7f"\\]/g,
    (char) => RUST_ESCAPES[char] ?? `\\u{${char.charCodeAt(0).toString(16)}}`,
  );
  return `"${escaped}"`;
}

/** A kernel line; `ns` counts from the guest's start. */
export function kernelLine(ns, text) {
  const micros = Math.floor(ns / 1000);
  const seconds = String(Math.floor(micros / 1_000_000)).padStart(5);
  return `[${seconds}.${String(micros % 1_000_000).padStart(6, '0')}] ${text}`;
}
