// How smooth the slide is under a heatmap of 500,000 values: node e2e/frames.mjs [LAYER_CELLS]
// The values are made up, and put in the place of those that the server has for its newest slide. Other work on
// the machine makes frames late; the CPU time of all the browser's processes for a frame hardly depends on it.
import { openScoredSlide, openViewer, settle } from './browser.mjs';

const side = Math.round(Math.sqrt(Number(process.argv[2] ?? 500_000)));
const SECONDS = 6;

const { browser, page } = await openViewer();
const session = await browser.newBrowserCDPSession();
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
  const results = {};
  results.heatmap = await panned();
  await page.locator('input[name="threshold"]').fill('120');
  await settle(page);
  results.heatmap_and_contours = await panned();
  results.regions = await page.locator('.regions .hint').innerText();
  await page.keyboard.press('h');
  await settle(page);
  results.slide_alone = await panned();
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

/** Drags the slide to and fro, and answers with how long its frames took in milliseconds. */
async function panned() {
  const { x, y, width, height } = await page.locator('.stage-slide').boundingBox();
  const [middle_x, middle_y] = [x + width / 2, y + height / 2];
  await page.mouse.move(middle_x, middle_y);
  await page.mouse.down();
  const cpu = await cpuSeconds();
  const frames = page.evaluate(recordFrames, SECONDS * 1000);
  const end = Date.now() + SECONDS * 1000;
  for (let step = 0; Date.now() < end; step += 1) {
    await page.mouse.move(middle_x + 160 * Math.sin(step / 9), middle_y + 120 * Math.cos(step / 7));
  }
  await page.mouse.up();
  const taken = (await frames).sort((one, other) => one - other);
  const cpu_ms = Number((((await cpuSeconds()) - cpu) * 1000 / taken.length).toFixed(1));
  const at = (share) => Number(taken[Math.floor(share * (taken.length - 1))].toFixed(1));
  return { frames: taken.length, median_ms: at(0.5), p95_ms: at(0.95), worst_ms: at(1), cpu_ms_per_frame: cpu_ms };
}

async function cpuSeconds() {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

async function recordFrames(duration_ms) {
  const taken = [];
  const start = performance.now();
  let before = start;
  while (before - start < duration_ms) {
    const now = await new Promise((resolve) => requestAnimationFrame(resolve));
    taken.push(now - before);
    before = now;
  }
  return taken.slice(1);
}
