import { defineConfig } from '@playwright/test';

// Workers read this file too: the port is chosen once, by the first process.
process.env['LOOM_E2E_PORT'] ??= String(3300 + (process.pid % 600));
const port = process.env['LOOM_E2E_PORT'];

/** Drives the built editor (`npm run build` with LOOM_TEST_PACKAGES=1) in Debian's Chromium. */
export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results',
  // A loaded machine with two cores is slow, not wrong.
  timeout: 150_000,
  expect: { timeout: 45_000 },
  workers: 1,
  // One more try in CI, where one core is often busy elsewhere; what needed it is listed as flaky.
  retries: process.env['CI'] === undefined ? 0 : 1,
  use: {
    baseURL: `http://localhost:${port}`,
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    // The offline test alone lets the service worker in: routes of the others would go past it.
    serviceWorkers: 'block',
    launchOptions: {
      executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox'],
    },
    trace: 'retain-on-failure',
  },
  webServer: {
    command: 'node app/_cli/serve.mjs',
    env: { PORT: port },
    url: `http://localhost:${port}`,
    timeout: 60_000,
  },
});
