import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    target: 'es2023',
    // A file in the page would need a policy that lets scripts and styles in pages run.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2_000,
    rolldownOptions: { checks: { pluginTimings: false } },
    manifest: 'manifest.json',
    license: { fileName: 'licenses.md' },
  },
  // For work on the console beside a platform that runs: npx vite console
  server: { proxy: { '/v1': 'http://127.0.0.1:4700', '/console/config.json': 'http://127.0.0.1:4700' } },
});
