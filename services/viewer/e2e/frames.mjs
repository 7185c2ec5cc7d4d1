// How smooth the slide is under a heatmap of 500,000 values: node e2e/frames.mjs [LAYER_CELLS]
// The values are made up, and put in the place of those that the server has for its newest slide. Other work on
// the machine makes frames late; the CPU time of all the browser's processes for a frame hardly depends on it.
import { openViewer } from './browser.mjs';
import { openScoredSlide, settle } from './opening.mjs';
import { panned } from './panning.mjs';

const side = Math.round(Math.sqrt(Number(process.argv[2] ?? 500_000)));
const SECONDS = 6;

const { browser, page } = await openViewer();
try {
  await page.route('**/heatmaps/**/*.json', async (route) => {
    const file = await (await route.fetch()).json();
    const extent_um = Math.max(file.columns, file.rows) * file.cell_um;
    await route.fulfill({ json: { cell_um: extent_um / side, columns: side, rows: side, values: madeUp() } });
  });
  await openScoredSlide(page);
  await settle(page);
  await page.keyboard.press('3');
  await settle(page);
  const box = await page.locator('.stage-slide').boundingBox();
  const results = {};
  results.heatmap = await panned(page, box, SECONDS);
  await page.locator('input[name="threshold"]').fill('120');
  await settle(page);
  results.heatmap_and_contours = await panned(page, box, SECONDS);
  results.regions = await page.locator('.regions .hint').innerText();
  await page.keyboard.press('h');
  await settle(page);
  results.slide_alone = await panned(page, box, SECONDS);
  console.log(JSON.stringify({ values: side * side, browser: browser.version(), ...results }, null, 2));
} finally {
  await browser.close();
}

/** Smooth hills with noise on them, and gaps. */
function madeUp() {
  const values = Float32Array.from({ length: side * side }, (_, cell) => {
    const [x, y] = [(cell % side) / side, Math.floor(cell / side) / side];
    const noise = Math.abs(Math.sin(cell * 12.9898) * 43758.5453) % 1;
    return noise < 0.02 ? Number.NaN : Math.max(0, Math.sin(x * 40) * Math.cos(y * 31)) + 0.15 * noise;
  });
  return Buffer.from(values.buffer).toString('base64');
}
