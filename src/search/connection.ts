// How to reach a cluster: its address, credentials and certificates. None of the secrets is ever part of a message.
import * as fs from 'node:fs';
import { EnvironmentError } from '../core/failure.ts';
import { quoted } from '../core/problem.ts';
import type { HttpOptions } from './http-client.ts';

export interface Credentials {
  readonly apiKey?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
}

/** The header `authorization`, or undefined without credentials. An API key wins. */
export function authorizationOf({ apiKey, user, password = '' }: Credentials): string | undefined {
  if (apiKey) return `ApiKey ${apiKey}`;
  return user ? `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` : undefined;
}

/** User and password of a URL. */
export function credentialsOf(url: URL): Credentials {
  return { user: decoded(url.username), password: decoded(url.password) };
}

function decoded(text: string): string | undefined {
  return text === '' ? undefined : decodeURIComponent(text);
}

/** One slash between parts, none at the end; empty for none. */
export function basePathOf(path: string): string {
  return `/${path}`.replace(/\/+/g, '/').replace(/\/$/, '');
}

/** A file of certificates in PEM. @throws {EnvironmentError} `search/tls-file` */
export function readCertificates(path: string): Buffer {
  const bytes = readTlsFile(path);
  if (!bytes.includes('-----BEGIN '))
    throw new EnvironmentError('search/tls-file', `${quoted(path)} holds no certificate: it must be in PEM`);
  return bytes;
}

/** @throws {EnvironmentError} `search/tls-file` */
export function readTlsFile(path: string): Buffer {
  try {
    return fs.readFileSync(path);
  } catch (cause) {
    throw new EnvironmentError('search/tls-file', `cannot read ${quoted(path)}`, { cause });
  }
}

/** A cluster as a person names it. */
export interface ClusterAddress {
  /** `https://es.example:9200`, with or without user and password in it; without a scheme: http, port 9200. */
  readonly url: string;
  /** Used where the URL has none. */
  readonly credentials: Credentials;
  /** File with the certificates that are trusted instead of the system's. */
  readonly ca?: string | undefined;
  /** Any certificate is taken. */
  readonly isInsecure: boolean;
}

const CONNECTIONS = 8;
const SILENCE_MAX_MS = 65_000;

/** @throws {EnvironmentError} `search/address`, `search/tls-file` */
export function clusterConnection({ url: text, credentials, ca, isInsecure }: ClusterAddress): HttpOptions {
  const url = parsedUrl(text);
  const own = credentialsOf(url);
  const authorization = authorizationOf(own.user === undefined ? credentials : own);
  return {
    origins: [url.origin],
    basePath: basePathOf(url.pathname),
    headers: { accept: 'application/json', ...(authorization !== undefined && { authorization }) },
    timeoutMs: SILENCE_MAX_MS,
    connections: CONNECTIONS,
    tls: { rejectUnauthorized: !isInsecure, ...(ca !== undefined && { ca: readCertificates(ca) }) },
  };
}

function parsedUrl(text: string): URL {
  const hasScheme = /^https?:\/\//i.test(text);
  try {
    const url = new URL(hasScheme ? text : `http://${text}`);
    if (!hasScheme && url.port === '') url.port = '9200';
    return url;
  } catch {
    // The text may hold a password: it is not shown.
    throw new EnvironmentError('search/address', 'this is no address of a cluster: write https://host:9200');
  }
}
