import { defineConfig } from 'vitest/config';

// A corpus of real journals, in the folder KATALOG_JOURNALS; see scripts/test-journals.js.
export default defineConfig({
  test: {
    include: ['test/journals/**/*.test.ts'],
    testTimeout: 900_000,
    maxWorkers: 2,
  },
});
