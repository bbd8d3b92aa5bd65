// 1,000 messages a second through a real systemd-journald into a real search server, the program killed five times: every
// message is stored once. KATALOG_JOURNALD_SECONDS sets how long (12; a full run is 60).
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { scratchFolders } from '../support/folder.ts';
import { Journald, journalMessages, missingForJournald } from '../support/journald.ts';
import { Program, printed } from '../support/program.ts';
import { describeWithServer, type SearchServer } from '../support/search-server.ts';

const SECONDS = Number(process.env['KATALOG_JOURNALD_SECONDS'] ?? 12);
const PER_SECOND = 1000;
const KILLS = 5;
const BURST = 100;
const BURST_MS = (BURST / PER_SECOND) * 1000;
const IDENTIFIER = 'kata';
const INDICES = 'journald-*';

const folderOf = scratchFolders();
const missing = missingForJournald();
const mustBeThere = process.env['CI'] === 'true' || process.env['KATALOG_REQUIRE_SERVERS'] === '1';
if (missing !== undefined && mustBeThere) throw new Error(`no systemd-journald: ${missing}`);
if (missing !== undefined) console.log(`skipped: no systemd-journald (${missing})`);

function configOf(directory: string, server: SearchServer): string {
  return `
<source>
  @type systemd
  path ${directory}
  tag journal
  read_from_head true
</source>
<match **>
  @type opensearch
  port ${server.port}
  logstash_format true
  logstash_prefix journald
  <buffer>
    flush_interval 0.2
  </buffer>
</match>`;
}

describe.skipIf(missing !== undefined)('from a real systemd-journald', () => {
  describeWithServer('into a real search server', (server) => {
    test(`${PER_SECOND} messages a second for ${SECONDS} s, ${KILLS} kills -9`, async () => {
      const folder = folderOf('journald-search');
      const journald = await Journald.start(folder, ['SystemMaxFileSize=2M', 'SystemMaxUse=4G']);
      const config = configOf(journald.directory, server);
      let program = Program.start({ config, folder, once: false });
      const stream = await journald.connect(IDENTIFIER);
      const total = SECONDS * PER_SECOND;
      const startMs = performance.now();
      let kills = 0;
      for (let sent = 0; sent < total; sent += BURST) {
        await stream.write(Array.from({ length: BURST }, (_, i) => `number ${sent + i} of ${total}`));
        if (sent >= ((kills + 1) * total) / (KILLS + 1)) {
          kills++;
          program.kill('SIGKILL');
          await program.exit;
          program = Program.start({ config, folder, once: false });
        }
        // Sent at an even pace, whatever a burst took.
        await delay(Math.max(0, startMs + (sent / BURST + 1) * BURST_MS - performance.now()));
      }
      await stream.end();
      // Without anybody connected it would end by itself after a while.
      await journald.kill('SIGTERM');
      const truth = [...new Set(journalMessages(journald.directory, IDENTIFIER))];
      expect(truth).toHaveLength(total);
      expect(kills).toBe(KILLS);
      const stored = async (): Promise<number> => {
        const body = { query: { match: { SYSLOG_IDENTIFIER: IDENTIFIER } }, track_total_hits: true, size: 0 };
        const answer = await server.request('POST', `/${INDICES}/_search?ignore_unavailable=true`, body);
        return (JSON.parse(answer) as { readonly hits: { readonly total: { readonly value: number } } }).hits.total
          .value;
      };
      await expect.poll(stored, { message: printed(folder), interval: 500 }).toBeGreaterThanOrEqual(total);
      program.kill('SIGTERM');
      expect((await program.exit).code).toBe(0);
      const messages = (await server.documents(INDICES))
        .filter(({ source }) => source['SYSLOG_IDENTIFIER'] === IDENTIFIER)
        .map(({ source }) => source['MESSAGE']);
      expect(messages.toSorted()).toEqual(truth.toSorted());
      await server.deleteIndices(INDICES);
    });
  });
});
