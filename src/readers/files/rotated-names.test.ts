import { expect, test } from 'vitest';
import { rotatedFrom } from './rotated-names.ts';

test.each([
  ['/l/kata.log.1', '/l/kata.log'],
  ['/l/kata.log.12.gz', '/l/kata.log'],
  ['/l/kata.log-20260302', '/l/kata.log'],
  ['/l/kata.log-20260302.gz', '/l/kata.log'],
  ['/l/kata.log.2026-03-02T10-11-12.123', '/l/kata.log'],
  ['/l/kata.log.old', '/l/kata.log'],
  ['/l/kata.log.gz', '/l/kata.log'],
  ['/l/kata-20260302.log', '/l/kata.log'],
  ['/l/kata-2026-03-02.log.gz', '/l/kata.log'],
  ['/l/0.log.20260302-101112', '/l/0.log'],
  ['/l/syslog.1', '/l/syslog'],
])('%s may come from %s', (rotated, log) => {
  expect(rotatedFrom(rotated)).toContain(log);
});

test.each([
  ['/l/kata.log', '/l/kata.log'],
  ['/l/kata.log2', '/l/kata.log'],
  ['/l/pod-1.log', '/l/pod.log'],
  ['/l/kata.log.swp', '/l/kata.log'],
  ['/l/kata.log.gz.tmp', '/l/kata.log'],
  ['/m/kata.log.1', '/l/kata.log'],
  ['/l/other.log.1', '/l/kata.log'],
])('%s does not come from %s', (name, log) => {
  expect(rotatedFrom(name)).not.toContain(log);
});
