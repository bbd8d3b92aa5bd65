// Entries as `journalctl -o json --all` prints them, and the forms for people: `-o short`, rsyslog.
import { epochMicros, timeSyslog } from '../formats.js';

const BOOT_ID = '0c3c0d7e6f1a4b0e9c7d2f5b8a416e93';
const MACHINE_ID = '5b1f0c7ad7e94ad28b6f0e8e5d3c2a10';
export const HOST = 'node1';
const PRIORITIES = { trace: 7, debug: 7, info: 6, warning: 4, error: 3, critical: 2 };

/** The trusted fields journald adds; `writer` = { identifier, transport, pid, comm, exe, cmdline, unit }. */
function trusted(ns, writer, sequence) {
  const micros = epochMicros(ns);
  return {
    __CURSOR: `s=${MACHINE_ID};i=${sequence.toString(16)};b=${BOOT_ID}`,
    __REALTIME_TIMESTAMP: String(micros + 57n),
    __MONOTONIC_TIMESTAMP: String(micros - 1772400000000000n),
    _BOOT_ID: BOOT_ID,
    _MACHINE_ID: MACHINE_ID,
    _HOSTNAME: HOST,
    _TRANSPORT: writer.transport,
    _UID: '0',
    _GID: '0',
    _PID: String(writer.pid),
    _COMM: writer.comm,
    _EXE: writer.exe,
    _CMDLINE: writer.cmdline,
    _SYSTEMD_UNIT: writer.unit,
    SYSLOG_IDENTIFIER: writer.identifier,
  };
}

/** One line of `journalctl -o json`. @param fields MESSAGE and what else the writer gave; they win over the trusted ones */
export function journalLine(ns, writer, sequence, fields) {
  return JSON.stringify({ ...trusted(ns, writer, sequence), ...fields });
}

/** Go's log/syslog sends a datagram; journald strips its end and therefore keeps the whole as SYSLOG_RAW. */
export function syslogFields(ns, level, pid, text) {
  const priority = PRIORITIES[level];
  return {
    PRIORITY: String(priority),
    SYSLOG_PID: String(pid),
    SYSLOG_TIMESTAMP: `${timeSyslog(ns)} `,
    SYSLOG_RAW: `<${priority}>${timeSyslog(ns)} kata[${pid}]: ${text}\n`,
    _SOURCE_REALTIME_TIMESTAMP: String(epochMicros(ns)),
    MESSAGE: text,
  };
}

export const shimWriter = ({ stream, pid }) => ({
  identifier: 'kata',
  transport: 'syslog',
  pid,
  comm: 'containerd-shim',
  exe: '/opt/kata/bin/containerd-shim-kata-v2',
  cmdline: `/opt/kata/bin/containerd-shim-kata-v2 -namespace k8s.io -address /run/containerd/containerd.sock -publish-binary /usr/bin/containerd -id ${stream} -debug`,
  unit: 'containerd.service',
});

export const CONTAINERD = {
  identifier: 'containerd',
  transport: 'stdout',
  pid: 812,
  comm: 'containerd',
  exe: '/usr/bin/containerd',
  cmdline: '/usr/bin/containerd',
  unit: 'containerd.service',
};

export const JOURNALD = {
  identifier: 'systemd-journald',
  transport: 'driver',
  pid: 301,
  comm: 'systemd-journal',
  exe: '/usr/lib/systemd/systemd-journald',
  cmdline: '/usr/lib/systemd/systemd-journald',
  unit: 'systemd-journald.service',
};

/** `journalctl -o short`, and rsyslog's files. */
export const shortLine = (ns, identifier, pid, text) => `${timeSyslog(ns)} ${HOST} ${identifier}[${pid}]: ${text}`;

/** A text as an array of byte values: what the journal's JSON does with control characters. */
export const asByteArray = (text) => [...Buffer.from(text)];
