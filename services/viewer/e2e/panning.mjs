// Drags a slide to and fro as a reader would, and answers how its frames came.

/** For so many seconds, around the middle of `box`, with strides of so many pixels. */
export async function panned(page, box, seconds, stride = { x: 160, y: 120 }) {
  const [middle_x, middle_y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(middle_x, middle_y);
  await page.mouse.down();
  const cpu = await cpuSeconds(page);
  const frames = page.evaluate(recordFrames, seconds * 1000);
  const end = Date.now() + seconds * 1000;
  for (let step = 0; Date.now() < end; step += 1) {
    await page.mouse.move(middle_x + stride.x * Math.sin(step / 9), middle_y + stride.y * Math.cos(step / 7));
  }
  await page.mouse.up();
  const taken = (await frames).sort((one, other) => one - other);
  const cpu_ms = Number((((await cpuSeconds(page)) - cpu) * 1000 / taken.length).toFixed(1));
  const at = (share) => Number(taken[Math.floor(share * (taken.length - 1))].toFixed(1));
  return { frames: taken.length, median_ms: at(0.5), p95_ms: at(0.95), worst_ms: at(1), cpu_ms_per_frame: cpu_ms };
}

/** Of all processes of the browser. */
async function cpuSeconds(page) {
  const session = await page.context().browser().newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
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
