// `katalog up` on a node's disk: it finds the journal, Kata's files and the logs of pods by itself, follows them, and
// tells of every source what became of its records.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ServedPage } from '../support/browser.ts';
import { scratchFolders } from '../support/folder.ts';
import { writeJournal } from '../support/journal-writer.ts';

const SANDBOX = '1c3e77cad66aa2b6d8cc846f818370f79cb0104c0b840f67d0f502fd6562b68c';
const folderOf = scratchFolders();

function kataLine(msg: string): string {
  return `time="2026-03-02T10:00:00.000000001Z" level=info msg="${msg}" name=kata-runtime pid=7 sandbox=${SANDBOX} source=runtime`;
}

interface Row {
  readonly fields: Readonly<Record<string, unknown>>;
}

describe('katalog up on a node', () => {
  let served: ServedPage;
  let root: string;

  beforeAll(async () => {
    root = folderOf('up-host');
    const put = (file: string, bytes: string | Buffer): void => {
      fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      fs.writeFileSync(path.join(root, file), bytes);
    };
    put('var/log/kata-containers/runtime.log', `${kataLine('of a folder')}\n`);
    put('var/log/kata-shim.log', `${kataLine('of a file')}\n`);
    put('var/log/other.log', 'nothing of ours\n');
    put('var/log/pods/default_web_0a/app/0.log', '2026-03-02T10:00:01.5Z stdout F of a pod\n');
    const fields = [`MESSAGE=${kataLine('of the journal')}`, 'SYSLOG_IDENTIFIER=kata', 'PRIORITY=6'];
    const entry = { realtimeUs: 1_772_445_600_000_000, monotonicUs: 1, seqnum: 1, fields };
    put(`run/log/journal/${'b0'.repeat(16)}/system.journal`, writeJournal([entry]));
    served = await ServedPage.host(root, path.join(root, 'state'));
  });
  afterAll(() => served.stop());

  async function rows(query: string): Promise<readonly Row[]> {
    return (await served.ask<{ readonly rows: readonly Row[] }>(`/api/search?query=${encodeURIComponent(query)}`)).rows;
  }

  test('finds everything of Kata and of the pods', async () => {
    await expect.poll(async () => (await rows('')).length).toBe(4);
    const tagged = (await rows('')).map(({ fields }) => `${fields['tag']}: ${fields['kata.msg'] ?? fields['message']}`);
    expect(tagged.sort()).toEqual([
      'journal: of the journal',
      'kata.files: of a file',
      'kata.files: of a folder',
      'kubernetes.var.log.pods.default_web_0a.app.0.log: of a pod',
    ]);
  });

  test('follows what is appended', async () => {
    fs.appendFileSync(path.join(root, 'var/log/kata-shim.log'), `${kataLine('appended')}\n`);
    await expect.poll(async () => (await rows('appended')).length).toBe(1);
  });

  test('tells of every source what came of it, damage too', async () => {
    const torn = kataLine('torn').slice(0, 60);
    fs.appendFileSync(path.join(root, 'var/log/kata-shim.log'), `${torn}${kataLine('behind a torn one')}\n`);
    await expect.poll(async () => (await rows('kata.msg:"behind a torn one"')).length).toBe(1);
    const { sources } = await served.ask<{ readonly sources: readonly Readonly<Record<string, unknown>>[] }>(
      '/api/sources',
    );
    expect(sources.map(({ lag_bytes: lag }) => lag).filter((lag) => lag !== undefined)).toEqual([0, 0]);
    const repaired = sources.map(({ name, repaired: count }) => [String(name).replace(/\W.*/, ''), Number(count) > 0]);
    expect(repaired.sort()).toEqual([
      ['systemd', false],
      ['tail', false],
      ['tail', true],
    ]);
  });
});
