// How to reach a search server: hosts, credentials and certificates of the settings.
import { constants } from 'node:zlib';
import type { Problem } from '../../core/problem.ts';
import {
  authorizationOf,
  basePathOf,
  type Credentials,
  credentialsOf,
  readCertificates,
  readTlsFile,
} from '../../search/connection.ts';
import type { HttpOptions } from '../../search/http-client.ts';
import type { SearchSettings } from './search-settings.ts';

interface Host extends Credentials {
  readonly origin: string;
  readonly basePath: string;
}

export function connectionOf(settings: SearchSettings, connections: number): HttpOptions {
  const hosts = hostsOf(settings);
  const user = settings.user ?? hosts[0]?.user;
  const password = settings.password ?? hosts[0]?.password;
  const authorization = authorizationOf({
    apiKey: settings.api_key,
    user: user && plain(user),
    password: password && plain(password),
  });
  const custom = Object.entries(settings.custom_headers).map(
    ([name, value]) => [name.toLowerCase(), String(value)] as const,
  );
  return {
    origins: hosts.map(({ origin }) => origin),
    basePath: hosts[0]?.basePath ?? '',
    headers: { accept: 'application/json', ...(authorization && { authorization }), ...Object.fromEntries(custom) },
    timeoutMs: settings.request_timeout * 1000,
    connections,
    tls: {
      rejectUnauthorized: settings.ssl_verify,
      ...(settings.ca_file && { ca: readCertificates(settings.ca_file) }),
      ...(settings.client_cert && { cert: readTlsFile(settings.client_cert) }),
      ...(settings.client_key && { key: readTlsFile(settings.client_key) }),
      ...(settings.client_key_pass && { passphrase: settings.client_key_pass }),
    },
  };
}

/** What is wrong with hosts and credentials, without a place. */
export function checkConnection(settings: SearchSettings): readonly Omit<Problem, 'place'>[] {
  const problems: Omit<Problem, 'place'>[] = [];
  const error = (message: string): void => {
    problems.push({ code: 'config/bad-host', severity: 'error', message });
  };
  if (settings.user !== undefined && settings.password === undefined) error('user: expected a password with it');
  try {
    if (hostsOf(settings).length === 0) error('hosts: expected at least one host');
  } catch {
    // The text may hold a password: it is not shown.
    error('hosts: expected host:port or URLs, separated by commas');
  }
  if (!settings.ssl_verify && settings.scheme === 'https') {
    const message = 'ssl_verify false: anybody on the way can read and change the logs';
    problems.push({ code: 'config/no-verify', severity: 'warning', message });
  }
  return problems;
}

/** Where the output writes, without credentials: part of its name in the state. */
export function destinationOf(settings: SearchSettings, index: string): string {
  return `${hostsOf(settings)
    .map(({ origin, basePath }) => `${origin}${basePath}`)
    .join(',')}/${index}`;
}

export function gzipLevelOf(level: SearchSettings['compression_level']): number | undefined {
  if (level === 'no_compression') return undefined;
  if (level === 'best_speed') return constants.Z_BEST_SPEED;
  return level === 'best_compression' ? constants.Z_BEST_COMPRESSION : constants.Z_DEFAULT_COMPRESSION;
}

function hostsOf(settings: SearchSettings): Host[] {
  const written = (settings.hosts ?? settings.host).split(',').map((host) => host.trim());
  return written.filter((host) => host !== '').map((host) => hostOf(host, settings));
}

function hostOf(written: string, settings: SearchSettings): Host {
  const { scheme, port, path = '' } = settings;
  const url = new URL(/^https?:\/\//.test(written) ? written : `${scheme}://${bracketed(written)}`);
  const hasPort = /:\d+(\/|$)/.test(written.replace(/^https?:\/\//, '').replace(/^\[[^\]]*\]/, ''));
  const origin = `${url.protocol}//${url.hostname}:${hasPort ? url.port || defaultPort(url) : port}`;
  const ownPath = url.pathname === '/' ? path : url.pathname;
  return { origin, basePath: basePathOf(ownPath), ...credentialsOf(url) };
}

/** An IPv6 address stands in brackets in a URL. */
function bracketed(host: string): string {
  return /^[0-9a-fA-F:]*:[0-9a-fA-F:]*:[0-9a-fA-F:]*$/.test(host) ? `[${host}]` : host;
}

function defaultPort(url: URL): string {
  return url.protocol === 'https:' ? '443' : '80';
}

/** `%{text}` marks text for URLs in Fluentd; here it is the text. */
function plain(text: string): string {
  return text.replace(/%\{([^}]*)\}/g, '$1');
}
