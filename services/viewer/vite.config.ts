import type { Plugin, Rolldown } from 'vite';
import { build } from 'vite';
import { defineConfig } from 'vitest/config';

/** `npm run dev` passes the server's own paths on to this `coverslip up`. */
const server = process.env.COVERSLIP_URL ?? 'http://127.0.0.1:8080';

const TARGET = 'es2022';

export default defineConfig({
  root: 'web',
  plugins: [beginInPage()],
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: TARGET,
    // The content security policy allows no data: links, so nothing is folded into the style sheet.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
  },
  server: {
    proxy: Object.fromEntries(['/api', '/slides', '/iiif', '/login'].map((path) => [path, server])),
  },
  test: { include: ['**/*.test.ts'] },
});

/**
 * `begin.ts` stands in the page itself, before its styles, and so waits for no other file. The server allows it by its
 * hash. Without a build there is no first view.
 */
function beginInPage(): Plugin {
  return {
    name: 'begin-in-page',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: async (html) => {
        const script = await inOneScript('begin.ts');
        return html.replace('<title>', () => `<script>${script}</script>\n    <title>`);
      },
    },
  };
}

async function inOneScript(input: string): Promise<string> {
  const output = { format: 'iife' } as const;
  const built = await build({
    configFile: false,
    root: 'web',
    logLevel: 'warn',
    build: { write: false, modulePreload: false, target: TARGET, rolldownOptions: { input: `web/${input}`, output } },
  });
  const [script] = (built as Rolldown.RolldownOutput).output;
  if (script.code.includes('</')) throw new Error(`${input} would end its own element`);
  return script.code.trim();
}
