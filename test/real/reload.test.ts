// Reload under load: SIGUSR2 while records are read and sent, with the server up, down and hanging. No record is lost,
// none is stored twice. How long each takes is printed; benchmarks judge it, not this test.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { BulkServer, type Step } from '../support/bulk-server.ts';
import { scratchFolders } from '../support/folder.ts';
import { untilPrinted } from '../support/printed-lines.ts';
import { importAll, Program, printed } from '../support/program.ts';

const RELOADS = 20;
const RECORDS_EACH = 3000;
const STATES: readonly (readonly [string, Step])[] = [
  ['up', { kind: 'take' }],
  ['down', { kind: 'reset' }],
  ['taking and never answering', { kind: 'take-and-hang' }],
  ['busy', { kind: 'answer', status: 503, body: '{}' }],
];
const folderOf = scratchFolders();

function configuration(log: string, origin: string, more: string): string {
  return `<source>
  @type tail
  path ${log}
  tag kata
  read_from_head true
  <parse>
    @type json
  </parse>
</source>
${more}<match **>
  @type elasticsearch
  hosts ${origin}
  index_name kata
  <buffer>
    flush_interval 0.05
    chunk_limit_size 64k
  </buffer>
</match>
`;
}

const FILTER = '<filter none>\n  @type parser\n  key_name x\n  <parse>\n    @type none\n  </parse>\n</filter>\n';

/** A server that does as `step` says, and tells when requests come. */
class StepServer {
  readonly server: BulkServer;
  step: Step = { kind: 'take' };
  #seen = 0;
  #wake: () => void = () => undefined;

  constructor(server: BulkServer) {
    this.server = server;
    server.script = () => {
      this.#seen++;
      this.#wake();
      return this.step;
    };
  }

  /** Does what `act` does, then resolves when another request has come. */
  async untilNextRequest(act: () => void): Promise<void> {
    const before = this.#seen;
    act();
    while (this.#seen === before) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

test(`${RELOADS} reloads under load, with the server up and down: nothing lost, nothing twice`, async () => {
  const folder = folderOf('reload');
  const steps = new StepServer(await BulkServer.start());
  const { server } = steps;
  const log = path.join(folder, 'in.log');
  let count = 0;
  const grow = (): void => {
    let text = '';
    for (let i = 0; i < RECORDS_EACH; i++) text += `{"n":${count++},"pad":"${'x'.repeat(300)}"}\n`;
    fs.appendFileSync(log, text);
  };
  grow();
  const file = path.join(folder, 'fluent.conf');
  const config = configuration(log, server.origin, '');
  const program = Program.start({ config, folder, once: false });
  await steps.untilNextRequest(() => undefined);
  const times: string[] = [];
  for (let reload = 1; reload <= RELOADS; reload++) {
    const [name, step] = STATES[reload % STATES.length] as (typeof STATES)[number];
    steps.step = step;
    await steps.untilNextRequest(grow);
    fs.writeFileSync(file, configuration(log, server.origin, reload % 2 === 0 ? FILTER : ''));
    const startedMs = performance.now();
    program.kill('SIGUSR2');
    await untilPrinted(folder, 'the new configuration runs', reload);
    times.push(`${Math.round(performance.now() - startedMs)} ms (${name})`);
  }
  console.log(`reloads took ${times.join(', ')}`);

  fs.writeFileSync(file, '<match **>\n  @type nothing\n</match>\n');
  program.kill('SIGUSR2');
  await untilPrinted(folder, 'the former one goes on', 1);
  expect(printed(folder)).toContain('there is no output "nothing"');
  steps.step = { kind: 'take' };
  await steps.untilNextRequest(grow);
  program.kill('SIGTERM');
  expect(await program.exit).toEqual({ code: 0, signal: null });
  await importAll({ config, folder });
  await server.stop();

  const numbers = [...server.stored.values()].map((document) => (JSON.parse(document) as { n: number }).n);
  expect(numbers.length).toBe(count);
  expect(new Set(numbers).size).toBe(count);
});
