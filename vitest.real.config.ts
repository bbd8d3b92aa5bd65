import { defineConfig } from 'vitest/config';

// Whole programs against real servers, killed and restarted: slow, one file at a time.
export default defineConfig({
  test: {
    include: ['test/real/**/*.test.ts'],
    globalSetup: ['test/support/search-server.setup.ts'],
    testTimeout: 900_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    // A limit for what never comes, far from any time that a busy machine takes.
    expect: { poll: { timeout: 120_000 } },
  },
});
