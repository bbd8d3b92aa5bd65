// A headless Chromium, and the built program serving its page.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
const AXE = fileURLToPath(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url));
const bin = fileURLToPath(new URL('../../bin/katalog.js', import.meta.url));

/** Why there can be no browser here; undefined where there can. */
export function missingForBrowser(): string | undefined {
  return fs.existsSync(CHROMIUM) ? undefined : `${CHROMIUM} is missing`;
}

export async function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Notes what a page must never do: errors in its console, requests to anybody but its server. */
export function watchPage(page: Page): readonly string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // A busy server puts questions off; the page asks again.
    const isPutOff = / (429|503) /.test(message.text());
    if (message.type() === 'error' && !isPutOff) faults.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith('http://127.0.0.1:')) faults.push(`request: ${request.url()}`);
  });
  return faults;
}

/** What axe finds fault with in the page as it is once nothing is being loaded. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  await page.locator('main, .results').first().waitFor();
  await page.waitForLoadState('networkidle');
  await page.evaluate(fs.readFileSync(AXE, 'utf8'));
  return page.evaluate(
    'axe.run().then((result) => result.violations.map((each) => each.id + ": " + each.nodes[0].html))',
  );
}

/** Downloads the whole result in a form that the page offers; its text. */
export async function exported(page: Page, form: string): Promise<string> {
  await page.getByRole('button', { name: 'export' }).click();
  const link = page.getByRole('link', { name: form });
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  const text = fs.readFileSync(await download.path(), 'utf8');
  await page.keyboard.press('Escape');
  return text;
}

/** `katalog up`, serving its page. */
export class ServedPage {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #stateDirectory: string;

  private constructor(child: ChildProcess, url: string, stateDirectory: string) {
    this.#child = child;
    this.url = url;
    this.#stateDirectory = stateDirectory;
  }

  /** Resolves when all files were imported and the page can be asked for. */
  static files(files: readonly string[], stateDirectory: string): Promise<ServedPage> {
    return ServedPage.#start(files, stateDirectory, 'records read');
  }

  /** With a configuration; `root` stands in front of every path in it. Resolves when the page can be asked for. */
  static config(file: string, root: string, stateDirectory: string): Promise<ServedPage> {
    return ServedPage.#start(['-c', file, '--root', root], stateDirectory, '');
  }

  /** With what it finds by itself on a node's disk. Resolves when the page can be asked for. */
  static host(root: string, stateDirectory: string): Promise<ServedPage> {
    return ServedPage.#start(['--root', root], stateDirectory, '');
  }

  /** Over a cluster. Resolves when the cluster answered and the page can be asked for. */
  static cluster(url: string, indices: string, stateDirectory: string): Promise<ServedPage> {
    return ServedPage.#start(['--es', url, '--index', indices], stateDirectory, 'records in');
  }

  static async #start(what: readonly string[], stateDirectory: string, sign: string): Promise<ServedPage> {
    const args = [bin, 'up', ...what, '--state-dir', stateDirectory, '--host-id', 'test', '--port', '0'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    const url = await new Promise<string>((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        printed += chunk.toString('utf8');
        const address = /http:\S+login\S+/.exec(printed)?.[0];
        if (address !== undefined && printed.includes(sign)) resolve(address);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.on('exit', () => reject(new Error(`katalog up ended; it printed:\n${printed}`)));
    });
    child.removeAllListeners('exit');
    return new ServedPage(child, url, stateDirectory);
  }

  get origin(): string {
    return new URL(this.url).origin;
  }

  /** An answer of the API. */
  async ask<T>(route: string): Promise<T> {
    const answer = await fetch(`${this.origin}${route}`, { headers: { authorization: `Bearer ${this.token}` } });
    if (!answer.ok) throw new Error(`${route}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  get token(): string {
    return fs.readFileSync(path.join(this.#stateDirectory, 'token'), 'utf8').trim();
  }

  /** Stores documents as any client of Elasticsearch does. */
  async write(documents: readonly object[]): Promise<void> {
    const body = documents.map((each) => `{"create":{}}\n${JSON.stringify(each)}\n`).join('');
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/x-ndjson' };
    const answer = await fetch(`${this.origin}/logs/_bulk`, { method: 'POST', headers, body });
    const text = await answer.text();
    if (!answer.ok || !text.includes('"errors":false')) throw new Error(`_bulk answered ${answer.status}: ${text}`);
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
  }
}
