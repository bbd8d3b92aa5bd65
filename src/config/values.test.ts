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

// Fluentd's readings were observed.
test.each<readonly [(text: string) => Reading<unknown>, string, number, string, string]>([
  [readSize, '1.5m', 5_242_880, 'config/ambiguous-size', 'for 1572864 bytes write 1572864'],
  [readSize, '10 k', 10, 'config/ambiguous-size', 'for 10240 bytes write 10240'],
  [readSize, '10 apples', 10, 'config/ambiguous-size', 'write 10'],
  [readTime, '500ms', 30_000, 'config/ambiguous-duration', 'for 0.5 seconds write 0.5'],
  [readTime, '100ms', 6000, 'config/ambiguous-duration', 'for 0.1 seconds write 0.1'],
  [readTime, '1h30m', 1800, 'config/ambiguous-duration', 'for 5400 seconds write 5400'],
  [readTime, '1.5h', 18_000, 'config/ambiguous-duration', 'for 5400 seconds write 5400'],
  [readTime, '1.5s', 5, 'config/ambiguous-duration', 'for 1.5 seconds write 1.5'],
  [readTime, '1w', 1, 'config/ambiguous-duration', 'for 604800 seconds write 604800'],
  [readTime, '5M', 5, 'config/ambiguous-duration', 'for 300 seconds write 300'],
  [readTime, '3 apples', 3, 'config/ambiguous-duration', 'write 3'],
  [readInteger, '12abc', 12, 'config/not-a-number', 'write 12'],
  [readInteger, '0x1F', 0, 'config/not-a-number', 'for 31 write 31'],
  [readInteger, '1.5', 1, 'config/not-a-number', 'for 1.5 write 1.5'],
  [readFloat, '1.5x', 1.5, 'config/not-a-number', 'write 1.5'],
])('%o reads %j as Fluentd does, %j, and says so: %s, %s', (read, text, value, code, instead) => {
  const message = expect.stringMatching(new RegExp(`, got "${text}", which is taken as ${value}( bytes| seconds)?$`));
  expect(read(text)).toEqual({
    value,
    problem: { code, severity: 'warning', message, hint: `Fluentd reads it so; ${instead}` },
  });
});

test.each<readonly [(text: string) => Reading<unknown>, string, unknown]>([
  [readSize, '-1', -1],
  [readTime, '5S', 5],
  [readInteger, '1_000', 1000],
  [readFloat, '1_000.5', 1000.5],
])('%o takes %j, whose readings agree, as %j', (read, text, value) => {
  expect(read(text)).toEqual({ value });
});

test.each<readonly [(text: string) => Reading<unknown>, string, string, string]>([
  [readSize, 'abc', 'config/ambiguous-size', 'Fluentd reads this as 0 bytes'],
  [readSize, '', 'config/ambiguous-size', 'Fluentd reads this as 0 bytes'],
  [readTime, 'soon', 'config/ambiguous-duration', 'Fluentd reads this as 0 seconds'],
  [readBool, 'on', 'config/not-a-bool', 'Fluentd takes no other word'],
  [readBool, '1', 'config/not-a-bool', 'Fluentd takes no other word'],
  [readBool, 'True', 'config/not-a-bool', 'Fluentd takes no other word'],
  [readInteger, 'abc', 'config/not-a-number', 'Fluentd reads this as 0'],
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
