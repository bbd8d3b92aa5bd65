// The configuration that `katalog up` runs, made from what it finds of Kata on this host.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { catalog } from '../plugins/catalog.ts';

export interface UpInput {
  /** Prefix of the node's disk, or empty. */
  readonly root: string;
  readonly store: string;
}

/** Where Kata's logs lie on a node, beside the journal. */
const HOST_FILES = ['/var/log/kata*/*.log', '/var/log/kata*.log', '/run/vc/**/*.log'];
const POD_LOGS = '/var/log/pods/**/*.log';
const JOURNALS = ['/var/log/journal', '/run/log/journal'];

/** A configuration as text, in Fluentd's language: `katalog up --print` shows it. */
export function upConfig(input: UpInput): string {
  const sources = hostSources(input.root);
  const filters = catalog.find('filter', 'kata') ? ['<filter **>\n  @type kata\n</filter>'] : [];
  const match = `<match **>\n  @type store\n  path ${quoted(input.store)}\n</match>`;
  return `${[...sources, ...filters, match].join('\n\n')}\n`;
}

function hostSources(root: string): readonly string[] {
  const sources = [HOST_FILES.map((pattern) => quotedList(pattern)).join(','), POD_LOGS].map((pattern, i) =>
    source(i === 0 ? 'kata.files' : 'kubernetes.*', pattern, i === 0 ? 'none' : 'cri'),
  );
  if (!catalog.find('parser', 'cri')) sources.pop();
  const journal = JOURNALS.find((directory) => fs.existsSync(path.join(root || '/', directory)));
  if (journal !== undefined && catalog.find('source', 'systemd')) {
    sources.push(`<source>\n  @type systemd\n  path ${journal}\n  tag journal\n  read_from_head true\n</source>`);
  }
  return sources;
}

function source(tag: string, paths: string, parser: string): string {
  return `<source>\n  @type tail\n  path ${paths}\n  tag ${tag}\n  read_from_head true\n  <parse>\n    @type ${parser}\n  </parse>\n</source>`;
}

function quotedList(file: string): string {
  return /[\s,"'#]/.test(file) ? quoted(file) : file;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
