import { defineConfig } from '@playwright/test';

// The platform is started by whoever starts these tests: PLATFORM_URL says where, DEV_ACCESS is its dev-access.json.
export default defineConfig({
  testDir: '.',
  timeout: 120_000,
  // What a page shall show it shows at once; a busy machine may take its time.
  expect: { timeout: 20_000 },
  workers: 1,
  reporter: [['list']],
  use: {
    baseURL: process.env['PLATFORM_URL'] ?? 'http://localhost:5080',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      // Root, as in containers, has no sandbox.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    },
  },
});
