import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** `npm run dev` passes the server's own paths on to this `coverslip up`. */
const server = process.env.COVERSLIP_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  root: 'web',
  plugins: [preloadApplication()],
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

/** The page asks for the application at once, though `main.ts` shows the first view before it. */
function preloadApplication(): Plugin {
  return {
    name: 'preload-application',
    transformIndexHtml: (_html, { bundle }) => {
      const chunks = Object.values(bundle ?? {}).filter((file) => file.type === 'chunk' && file.isDynamicEntry);
      const preload = ({ fileName }: { fileName: string }) => ({
        tag: 'link',
        attrs: { rel: 'modulepreload', crossorigin: true, href: `/${fileName}` },
        injectTo: 'head' as const,
      });
      return chunks.filter((chunk) => chunk.name === 'application').map(preload);
    },
  };
}
