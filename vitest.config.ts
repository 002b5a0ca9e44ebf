import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('.', import.meta.url)) } },
  test: {
    include: ['tests/**/*.test.ts', 'tests/**/*.test.tsx'],
    exclude: ['tests/e2e/**', 'node_modules/**'],
    maxWorkers: 2,
    // A guard against what hangs, not a measure: a busy machine may take ten times as long.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    typecheck: { enabled: false },
  },
});
