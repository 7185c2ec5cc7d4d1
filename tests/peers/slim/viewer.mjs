// The viewer of Slim in Chromium, on a page of the server's own origin as where both stand behind one front.
import { fileURLToPath } from 'node:url';

import { launch, watch } from '../../../services/viewer/e2e/browser.mjs';
import { pixels } from '../../../services/viewer/e2e/pixels.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const VIEWER = here('node_modules/dicom-microscopy-viewer/dist/dynamic-import/');
const FILES = {
  'page.html': here('page.html'),
  'page.mjs': here('page.mjs'),
  'dicomweb-client.js': here('node_modules/dicomweb-client/build/dicomweb-client.js'),
  'ol.css': here('node_modules/ol/ol.css'),
};
/** It paints by WebGL, here without a graphics card. */
const SOFTWARE = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'];

export async function openPage(base, size) {
  const browser = await launch(SOFTWARE);
  const context = await browser.newContext({ viewport: size });
  // From the disk, never from the server.
  await context.route(`${base}/slim/**`, (route) => {
    const name = new URL(route.request().url()).pathname.slice('/slim/'.length);
    return route.fulfill({ path: FILES[name] ?? VIEWER + name });
  });
  const page = await context.newPage();
  const problems = watch(page, base, ['error']);
  page.on('requestfailed', (request) => problems.push(`failed: ${new URL(request.url()).pathname}`));
  await page.goto(`${base}/slim/page.html`);
  await page.waitForFunction(() => window.slim !== undefined);
  return {
    browser,
    version: browser.version(),
    save: (path) => page.screenshot({ path }),
    /** Calls what the page offers. */
    ask: (name, ...words) => page.evaluate(([name, words]) => window.slim[name](...words), [name, words]),
    /** What is seen, of all the page or inside `box`, without scale and legend. */
    async seen(box) {
      await page.evaluate(() => window.slim.bare(true));
      const picture = await pixels(browser, await page.screenshot(), box);
      await page.evaluate(() => window.slim.bare(false));
      return picture;
    },
    picture: (png) => pixels(browser, png),
    problems: async () => [...problems, ...(await page.evaluate(() => window.slim.problems()))],
  };
}
