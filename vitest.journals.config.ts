import { defineConfig } from 'vitest/config';

// A corpus of real journals, in the folder KATALOG_JOURNALS; see scripts/test-journals.js.
export default defineConfig({
  test: {
    include: ['test/journals/**/*.test.ts'],
    // 100,000 flips take a while.
    testTimeout: Math.max(900_000, Number(process.env['KATALOG_FLIPS'] ?? 0) * 60),
    maxWorkers: 2,
  },
});
