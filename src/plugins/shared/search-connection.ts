// How to reach a search server: hosts, credentials and certificates of the settings.
import * as fs from 'node:fs';
import { constants } from 'node:zlib';
import { EnvironmentError } from '../../core/failure.ts';
import { type Problem, quoted } from '../../core/problem.ts';
import type { HttpOptions } from '../../search/http-client.ts';
import type { SearchSettings } from './search-settings.ts';

interface Host {
  readonly origin: string;
  readonly basePath: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

export function connectionOf(settings: SearchSettings, connections: number): HttpOptions {
  const hosts = hostsOf(settings);
  const { user, password } = {
    user: settings.user ?? hosts[0]?.user,
    password: settings.password ?? hosts[0]?.password,
  };
  const { api_key: apiKey } = settings;
  const authorization = apiKey ? `ApiKey ${apiKey}` : user ? basic(plain(user), plain(password ?? '')) : undefined;
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
      ...(settings.ca_file && { ca: readFile(settings.ca_file) }),
      ...(settings.client_cert && { cert: readFile(settings.client_cert) }),
      ...(settings.client_key && { key: readFile(settings.client_key) }),
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
  const basePath = `/${ownPath}`.replace(/\/+/g, '/').replace(/\/$/, '');
  return { origin, basePath, user: decoded(url.username), password: decoded(url.password) };
}

/** An IPv6 address stands in brackets in a URL. */
function bracketed(host: string): string {
  return /^[0-9a-fA-F:]*:[0-9a-fA-F:]*:[0-9a-fA-F:]*$/.test(host) ? `[${host}]` : host;
}

function defaultPort(url: URL): string {
  return url.protocol === 'https:' ? '443' : '80';
}

function decoded(text: string): string | undefined {
  return text === '' ? undefined : decodeURIComponent(text);
}

/** `%{text}` marks text for URLs in Fluentd; here it is the text. */
function plain(text: string): string {
  return text.replace(/%\{([^}]*)\}/g, '$1');
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function readFile(path: string): Buffer {
  try {
    return fs.readFileSync(path);
  } catch (cause) {
    throw new EnvironmentError('search/tls-file', `cannot read ${quoted(path)}`, { cause });
  }
}
