import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Batch, Segment } from '../../../core/event.ts';
import type { FilterHost } from '../../../core/plugin.ts';
import { PlainView } from '../../../formats/scan/plain-view.ts';
import { Concat, type ConcatSettings } from './concat.ts';

const view = new PlainView();
const segment: Segment = {
  streamKey: 'k',
  start: 0,
  timeAt: () => ({ seconds: 0, nanos: 0 }),
  cutOf: () => undefined,
  isJoined: () => false,
};

const SETTINGS: ConcatSettings = {
  key: 'm',
  separator: '|',
  n_lines: undefined,
  multiline_start_regexp: undefined,
  multiline_end_regexp: undefined,
  continuous_line_regexp: undefined,
  stream_identity_key: 's',
  flush_interval: 0,
  use_first_timestamp: false,
  partial_key: undefined,
  partial_value: undefined,
  keep_partial_key: false,
  use_partial_metadata: false,
  keep_partial_metadata: false,
  partial_metadata_format: 'docker-fluentd',
  use_partial_cri_logtag: false,
  partial_cri_logtag_key: 'logtag',
  partial_cri_stream_key: 'stream',
};

interface Line {
  readonly s: string;
  readonly m: string;
}

/** What comes of lines that arrive in batches, by stream, and how many references are left. */
function run(
  settings: Partial<ConcatSettings>,
  batches: readonly (readonly Line[])[],
): { out: string[]; held: number } {
  view.reset();
  const out: string[] = [];
  let held = 0;
  const print = (tape: Batch['tape']): void => {
    for (const record of view.records(tape)) out.push(view.text(view.scanner.encodeRecord(record)));
  };
  const host = {
    ...{ arena: view.arena, keys: view.scanner.keys, scanner: view.scanner, clock: { monotonicMs: () => 0 } },
    cutOf: () => undefined,
    isJoined: () => false,
    joined: () => undefined,
    hold: () => {
      held++;
      return {
        segment,
        isAtEnd: true,
        cut: () => undefined,
        count: () => undefined,
        emit: print,
        release: () => held--,
      };
    },
  } as unknown as FilterHost;
  const concat = new Concat({ ...SETTINGS, ...settings }, host);
  for (const lines of batches) {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    const batch: Batch = {
      tag: 't',
      segment,
      arena: view.arena,
      tape: view.scanner.json(view.cut(text), view.message),
    };
    concat.apply(batch);
    print(batch.tape);
  }
  concat.flush();
  return { out: out.sort(), held };
}

test.each<[string, Partial<ConcatSettings>]>([
  ['a first text', { multiline_start_regexp: '^A' }],
  ['a last text', { multiline_end_regexp: '\\.$' }],
  [
    'both, with texts between',
    { multiline_start_regexp: '^A', multiline_end_regexp: '\\.$', continuous_line_regexp: '^ ' },
  ],
  ['a number', { n_lines: 3 }],
])('records by %s are the same however they come, and every reference is given back', (_, settings) => {
  const line = fc.record({ s: fc.constantFrom('x', 'y'), m: fc.constantFrom('A', ' b', ' c.', 'A.', 'd') });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 14 }), fc.infiniteStream(fc.boolean()), (lines, cuts) => {
      const batches: Line[][] = [];
      for (const one of lines) {
        if (batches.length === 0 || cuts.next().value) batches.push([one]);
        else batches.at(-1)?.push(one);
      }
      const { out, held } = run(settings, batches);
      expect(out).toEqual(run(settings, [lines]).out);
      expect(held).toBe(0);
    }),
    { numRuns: 200 },
  );
});

test('what is joined', () => {
  const lines = ['A', ' b', 'A', 'd'].map((m) => ({ s: 'x', m }));
  expect(run({ multiline_start_regexp: '^A' }, [lines]).out).toEqual(['{"s":"x","m":"A| b"}', '{"s":"x","m":"A|d"}']);
});
