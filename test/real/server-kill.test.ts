// kill -9 of the search server in the middle of an import: the program waits for it, and stores every record once.
import { expect, test } from 'vitest';
import { BulkProxy } from '../support/bulk-proxy.ts';
import { scratchFolders } from '../support/folder.ts';
import { compareNumbers, GrowingLogs, numberOf } from '../support/growing-logs.ts';
import { Moments } from '../support/moments.ts';
import { Program, printed } from '../support/program.ts';
import { startSearchNode } from '../support/search-node.ts';
import { describeWithServer, SearchServer } from '../support/search-server.ts';
import { seededRandom } from '../support/seed.ts';

const RECORDS = 3000;

const folderOf = scratchFolders();

describeWithServer('kill -9 of the server', () => {
  test('after the third bulk was stored and before it was acknowledged', async () => {
    const folder = folderOf('server-kill');
    const directory = folderOf('server-kill-node');
    const logs = new GrowingLogs(folder, seededRandom('server kill'));
    logs.append('timed', RECORDS);
    logs.finish();
    let node = await startSearchNode(directory);
    const { url } = node;
    const moments = new Moments();
    const proxy = await BulkProxy.start(url, moments);
    const config = `<source>
  @type tail
  path ${logs.path('timed')}
  tag timed
  read_from_head true
  <parse>
    @type json
  </parse>
</source>
<match **>
  @type opensearch
  port ${proxy.port}
  request_timeout 5
</match>
`;
    const program = Program.start({ config, folder, once: true });
    let restarted = Promise.resolve();
    const restart = async (): Promise<void> => {
      await node.kill();
      node = await startSearchNode(directory, Number(new URL(url).port));
    };
    const victim = {
      exit: program.exit,
      kill: () => {
        restarted = restart();
      },
    };
    await moments.killAt(victim, { what: 'bulk stored', nth: 3 });
    await restarted;
    expect(await program.exit).toEqual({ code: 0, signal: null });
    expect(printed(folder)).toContain('no answer from');
    const stored = await new SearchServer(url).documents('logstash-*');
    const numbers = stored.map(({ source }) => numberOf(source['message']));
    expect(compareNumbers(numbers, logs.count)).toEqual({ lost: [], doubled: [] });
    await proxy.stop();
    await node.stop();
  });
});
