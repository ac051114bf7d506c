import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: '../../../artifacts/web',
    emptyOutDir: true,
    target: 'es2024',
  },
  server: {
    // The texts lie beside those that customers read.
    fs: { allow: ['.', '../../Silo/Policy/texts/staff'] },
    // `npm run dev` beside a running host: pages from here, data from there.
    proxy: {
      '/api': 'http://localhost:5080',
      '/hubs': { target: 'http://localhost:5080', ws: true },
    },
  },
  test: { include: ['src/**/*.test.ts'], setupFiles: ['src/shared/english.ts'] },
});
