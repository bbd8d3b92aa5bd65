// Ten thousand generated configurations, sound and broken: never a crash, never an error in a wrong line.
import { test } from 'vitest';
import { checkConfigurations } from '../support/configurations.ts';

test('law: sound configurations have no error, broken ones have theirs in the right lines, and print as they are', () => {
  checkConfigurations(10_000);
});
