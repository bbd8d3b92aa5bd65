// The same records into OpenSearch 2.19 on the same machine, by bulk requests, under the mapping of our own template.
import * as fs from 'node:fs';
import * as http from 'node:http';
import { templateBody } from '../../src/search/template.ts';
import { missingForSearchNode, startSearchNode } from '../../test/support/search-node.ts';
import { costOf, count, type Report } from './report.ts';

const BODY_BYTES = 4 << 20;
const CONNECTIONS = 2;
const LF = 0x0a;
const INDEX = 'bench';

export async function measureOpenSearch(
  file: string,
  records: number,
  directory: string,
  report: Report,
): Promise<void> {
  const missing = missingForSearchNode();
  if (missing !== undefined) {
    report.tell('OpenSearch 2.19', 'not measured', missing);
    return;
  }
  const node = await startSearchNode(directory);
  try {
    const template = templateBody(INDEX, { type: 'flat_object' });
    await ask(`${node.url}/_index_template/${INDEX}`, 'PUT', template);
    const settings = { number_of_replicas: 0, auto_expand_replicas: false, refresh_interval: '30s' };
    await ask(`${node.url}/${INDEX}`, 'PUT', JSON.stringify({ settings }));
    const { ms } = await costOf(() => send(node.url, file, records));
    await ask(`${node.url}/${INDEX}/_refresh`, 'POST', '');
    const { count: stored } = (await ask(`${node.url}/${INDEX}/_count`, 'GET', '')) as { count: number };
    await ask(`${node.url}/${INDEX}/_forcemerge?max_num_segments=1&flush=true`, 'POST', '');
    const bytes = await storeBytes(node.url);
    report.tell('OpenSearch 2.19, the same records', `${count(stored / (ms / 1000))}/s`, `${count(stored)} records`);
    report.tell('  on its disk', `${(bytes / stored).toFixed(1)} B/record`, 'best_compression, one segment');
  } finally {
    await node.stop();
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

async function storeBytes(url: string): Promise<number> {
  const stats = (await ask(`${url}/${INDEX}/_stats/store`, 'GET', '')) as {
    _all: { primaries: { store: { size_in_bytes: number } } };
  };
  return stats._all.primaries.store.size_in_bytes;
}

async function send(url: string, file: string, records: number): Promise<void> {
  const bodies = bulkBodies(file, records);
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      for (let next = bodies.next(); !next.done; next = bodies.next()) {
        const answer = (await ask(`${url}/${INDEX}/_bulk?filter_path=errors`, 'POST', next.value)) as {
          errors: boolean;
        };
        if (answer.errors) throw new Error('OpenSearch refused records');
      }
    }),
  );
}

function* bulkBodies(file: string, records: number): Generator<Buffer> {
  const fd = fs.openSync(file, 'r');
  const action = Buffer.from('{"create":{}}\n');
  let offset = 0;
  let left = records;
  while (left > 0) {
    const block = Buffer.allocUnsafe(BODY_BYTES);
    const read = fs.readSync(fd, block, 0, BODY_BYTES, offset);
    const parts: Buffer[] = [];
    let start = 0;
    for (
      let end = block.subarray(0, read).indexOf(LF);
      end >= 0 && left > 0;
      end = block.subarray(0, read).indexOf(LF, start)
    ) {
      parts.push(action, block.subarray(start, end + 1));
      start = end + 1;
      left--;
    }
    if (parts.length === 0) break;
    offset += start;
    yield Buffer.concat(parts);
  }
  fs.closeSync(fd);
}

const agent = new http.Agent({ keepAlive: true });

function ask(url: string, method: string, body: Buffer | string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-ndjson', 'content-length': Buffer.byteLength(body) };
    const request = http.request(url, { method, agent, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString();
        if ((answer.statusCode ?? 500) < 300) resolve(JSON.parse(text));
        else reject(new Error(`${method} ${url}: ${answer.statusCode} ${text.slice(0, 500)}`));
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
