import { expect, test } from 'vitest';
import {
  type Reading,
  readArray,
  readBool,
  readEnum,
  readFloat,
  readHash,
  readInteger,
  readRegexp,
  readSize,
  readTime,
} from './values.ts';

test.each<readonly [(text: string) => Reading<unknown>, string, unknown]>([
  [readSize, '1000', 1000],
  [readSize, '0', 0],
  [readSize, '100b', 100],
  [readSize, '64k', 65_536],
  [readSize, '8m', 8_388_608],
  [readSize, '1G', 1_073_741_824],
  [readSize, '1t', 1_099_511_627_776],
  [readSize, '10kb', 10_240],
  [readSize, '10KiB', 10_240],
  [readTime, '5', 5],
  [readTime, '0.1', 0.1],
  [readTime, '5s', 5],
  [readTime, '2m', 120],
  [readTime, '1h', 3600],
  [readTime, '1d', 86_400],
  [readBool, 'true', true],
  [readBool, 'yes', true],
  [readBool, '', true],
  [readBool, '# a comment was meant', true],
  [readBool, 'false', false],
  [readBool, 'no', false],
  [readInteger, '12', 12],
  [readInteger, '-1', -1],
  [readInteger, '+7', 7],
  [readFloat, '1.5', 1.5],
  [readFloat, '.5', 0.5],
  [readFloat, '-1e3', -1000],
  [readArray, 'a, b ,c', ['a', 'b', 'c']],
  [readArray, '', []],
  [readArray, 'a,,b,,', ['a', '', 'b']],
  [readArray, '["a, b", "c"]', ['a, b', 'c']],
  [readArray, '[1, {"k": "v"}, null]', ['1', '{"k":"v"}', 'null']],
  [readArray, '[]', []],
  [readHash, 'a:1, b:2', { a: '1', b: '2' }],
  [readHash, 'a : 1:2', { 'a ': ' 1:2' }],
  [readHash, '', {}],
  [readHash, '{"a": 1, "b": {"c": true}}', { a: 1, b: { c: true } }],
  [readRegexp, '/a b/', '/a b/'],
  [readRegexp, '/a/b/im', '/a/b/im'],
  [readRegexp, '//', '//'],
  [readRegexp, 'a/b', 'a/b'],
])('%o of %j is %j', (read, text, value) => {
  expect(read(text)).toEqual({ value });
});

// The readings in the hints were observed on Fluentd.
test.each<readonly [(text: string) => Reading<unknown>, string, string, string]>([
  [readSize, '1.5m', 'config/ambiguous-size', 'Fluentd reads this as 5242880 bytes'],
  [readSize, 'abc', 'config/ambiguous-size', 'Fluentd reads this as 0 bytes'],
  [readSize, '-5', 'config/ambiguous-size', 'Fluentd reads this as -5 bytes'],
  [readSize, '10 k', 'config/ambiguous-size', 'Fluentd reads this as 10 bytes'],
  [readSize, '', 'config/ambiguous-size', 'Fluentd reads this as 0 bytes'],
  [readTime, '500ms', 'config/ambiguous-duration', 'Fluentd reads this as 30000 seconds; write 0.5'],
  [readTime, '1h30m', 'config/ambiguous-duration', 'Fluentd reads this as 1800 seconds; write a number of seconds'],
  [readTime, '1.5s', 'config/ambiguous-duration', 'Fluentd reads this as 5 seconds; write a number of seconds'],
  [readTime, '1w', 'config/ambiguous-duration', 'Fluentd reads this as 1 seconds; write a number of seconds'],
  [readTime, '5S', 'config/ambiguous-duration', 'Fluentd reads this as 5 seconds; write a number of seconds'],
  [readTime, 'soon', 'config/ambiguous-duration', 'Fluentd reads this as 0 seconds; write a number of seconds'],
  [readBool, 'on', 'config/not-a-bool', 'Fluentd takes no other word'],
  [readBool, '1', 'config/not-a-bool', 'Fluentd takes no other word'],
  [readBool, 'True', 'config/not-a-bool', 'Fluentd takes no other word'],
  [readInteger, '12abc', 'config/not-a-number', 'Fluentd reads this as 12'],
  [readInteger, 'abc', 'config/not-a-number', 'Fluentd reads this as 0'],
  [readInteger, '0x1F', 'config/not-a-number', 'Fluentd reads this as 0'],
  [readInteger, '1_000', 'config/not-a-number', 'Fluentd reads this as 1000'],
  [readInteger, '1.5', 'config/not-a-number', 'Fluentd reads this as 1'],
  [readFloat, '1.5x', 'config/not-a-number', 'Fluentd reads this as 1.5'],
  [readFloat, '1_000.5', 'config/not-a-number', 'Fluentd reads this as 1000.5'],
  [readFloat, 'Infinity', 'config/not-a-number', 'Fluentd reads this as 0'],
])('%o refuses %j: %s, %s', (read, text, code, hint) => {
  expect(read(text)).toEqual({
    problem: { code, severity: 'error', message: expect.stringContaining(JSON.stringify(text)), hint },
  });
});

test.each<readonly [(text: string) => Reading<unknown>, string, string]>([
  [readArray, '[1', 'config/not-an-array'],
  [readHash, '{"a"', 'config/not-a-hash'],
  [readHash, 'a:1,b', 'config/not-a-hash'],
  [readRegexp, '/abc', 'config/bad-regexp'],
  [readRegexp, '/', 'config/bad-regexp'],
  [readRegexp, '/a/imx', 'config/bad-regexp'],
])('%o refuses %j: %s', (read, text, code) => {
  const { value, problem } = read(text);
  expect(value).toBe(undefined);
  expect(problem).toMatchObject({ code, severity: 'error' });
});

test('an enum takes its words alone', () => {
  expect(readEnum('info', ['info', 'warn'])).toEqual({ value: 'info' });
  expect(readEnum('Info', ['info', 'warn']).problem).toMatchObject({
    code: 'config/unknown-word',
    message: 'expected one of info, warn, got "Info"',
  });
});

test('names of the language are no surprise in a hash', () => {
  const { value } = readHash('__proto__:1,constructor:2');
  expect(Object.entries(value ?? {})).toEqual([
    ['__proto__', '1'],
    ['constructor', '2'],
  ]);
});
