import { expect, test } from 'vitest';
import { evaluateEmbedded } from './embedded.ts';
import type { Environment } from './environment.ts';
import { USE_DEFAULT } from './tree.ts';

const environment: Environment = {
  env: { A: 'a', EMPTY: '', QUOTED: 'x"y\'z\n' },
  hostname: 'node-1',
  workerId: 3,
  root: '',
};

test.each([
  ["ENV['A']", 'a'],
  ['ENV["A"]', 'a'],
  [" ENV['A'] ", 'a'],
  ["ENV['QUOTED']", 'x"y\'z\n'],
  ["ENV['NONE']", ''],
  ["ENV['constructor']", ''],
  ["ENV['__proto__'] || 'b'", 'b'],
  ["ENV['NONE'] || 'b'", 'b'],
  ["ENV['NONE'] || ENV['A'] || 'b'", 'a'],
  ["ENV['EMPTY'] || 'b'", ''],
  ["ENV['NONE'] || 'x || y'", 'x || y'],
  ["ENV['NONE'] || 5044", '5044'],
  ["ENV['NONE'] || nil", ''],
  ["ENV.fetch('A')", 'a'],
  ["ENV.fetch('A', 'b')", 'a'],
  ["ENV.fetch('NONE', 'b')", 'b'],
  ['ENV.fetch("NONE", \'\')', ''],
  ["ENV.fetch( 'NONE' , 'b' )", 'b'],
  ['hostname', 'node-1'],
  ['Socket.gethostname', 'node-1'],
  ['worker_id', '3'],
  ["'text'", 'text'],
  ['"text"', 'text'],
  ['use_nil', null],
  ["ENV['NONE'] || use_nil", null],
  ["ENV['A'] || use_nil", 'a'],
  ['use_default', USE_DEFAULT],
  ["ENV['NONE'] || use_default", USE_DEFAULT],
])('%s', (code, value) => {
  expect(evaluateEmbedded(code, environment)).toEqual({ value });
});

test.each([
  ['1 + 2 * 3', '1 + 2 * 3'],
  ["%w[a b c].join('-')", "%w[a b c].join('…')"],
  ["{ 'k' => 'v' }['k']", "{ '…' => '…' }['…']"],
  ["ENV.fetch('A', 'none').upcase", "ENV.fetch('A', '…').upcase"],
  ['"in" + "ner"', "'…' + '…'"],
  ['`id`', '`id`'],
  ["system('id')", "system('…')"],
  ["ENV['A'] + ENV['B']", "ENV['A'] + ENV['B']"],
  ["ENV['NONE'] || `id`", "ENV['NONE'] || `id`"],
  ['"#{hostname}"', "'…'"],
  ["x('open", "x('…'"],
  ['a\x1b', 'a\\x1b'],
  ['', ''],
])('%s is refused and never evaluated, its texts are not shown', (code, shown) => {
  expect(evaluateEmbedded(code, environment)).toEqual({
    fault: {
      message: `the Ruby expression #{${shown}} is not evaluated`,
      hint: expect.stringContaining("ENV['NAME']"),
    },
  });
});

test('a variable that has to be set', () => {
  expect(evaluateEmbedded("ENV.fetch('NONE')", environment)).toMatchObject({
    fault: { message: "#{ENV.fetch('NONE')}: the environment variable is not set" },
  });
});
