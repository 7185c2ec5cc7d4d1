import { defineConfig } from 'vitest/config';

/** `npm run dev` passes the server's own paths on to this `coverslip up`. */
const server = process.env.COVERSLIP_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  root: 'web',
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2022',
    // The content security policy allows no data: links, so nothing is folded into the style sheet.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
  },
  server: {
    proxy: Object.fromEntries(['/api', '/slides', '/iiif', '/login'].map((path) => [path, server])),
  },
  test: { include: ['**/*.test.ts'] },
});
