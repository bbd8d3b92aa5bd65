// Lines as the shim, its guest's console and the agent write them.

export const SANDBOX = '2fa5'.repeat(16);
export const BASE = `name=containerd-shim-v2 pid=107642 sandbox=${SANDBOX}`;
export const SHIM = `${BASE} source=containerd-kata-shim-v2`;
export const VC = `${BASE} source=virtcontainers subsystem=sandbox`;
export const T1 = '2026-08-22T10:04:14.123456789Z';
export const T2 = '2026-08-22T10:04:14.2Z';

const goQuote = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\x1b', '\\x1b').replaceAll('\r', '\\r').replaceAll('\0', '\\x00').replaceAll('\x07', '\\a')}"`;
export const wrap = (line: string, time = T1): string =>
  `time="${time}" level=debug msg="reading guest console" console-protocol=unix console-url=/run/vc/vm/${SANDBOX}/console.sock ${VC} vmconsole=${goQuote(line)}`;
export const agent = (msg: string, more: Record<string, string> = {}, ts = '2026-08-22T10:04:14.1Z'): string =>
  JSON.stringify({
    msg,
    level: 'INFO',
    ts,
    version: '0.1.0',
    subsystem: 'rpc',
    pid: '214',
    name: 'kata-agent',
    source: 'agent',
    ...more,
  });
export const shim = (msg: string, time = T1): string => `time="${time}" level=info msg="${msg}" ${SHIM}`;

/** A line in pieces, cut in front of texts. */
export const cutAt = (line: string, ...texts: readonly string[]): readonly string[] => {
  const ends = [0, ...texts.map((text) => line.indexOf(text)), line.length];
  return ends.slice(1).map((end, index) => line.slice(ends[index], end));
};
