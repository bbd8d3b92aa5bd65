// The law of generated configurations on a few; test/real has it on ten thousand.
import { test } from 'vitest';
import { checkConfigurations } from './support/configurations.ts';

test('law: sound configurations have no error, broken ones have theirs in the right lines, and print as they are', () => {
  checkConfigurations(300);
});
