// How tests come to what they look at: the list, a slide that lies still, its result; and what the server says of it.

/** Waits until the list has a slide or a case. */
export async function listShown(page) {
  await page.locator('.card, .case').first().waitFor();
}

/** Opens the first slide of the list that has a result, or that of a file, with its result, and waits until it lies still. */
export async function openScoredSlide(page, file) {
  await openStage(page, file);
  await page.locator('.section.result').waitFor();
  await heatmapShown(page);
  await settle(page);
}

/** The same where the panel is closed. */
export async function openStage(page, file = '') {
  await page.locator('.card[data-state="scored"]', { hasText: file }).locator('.card-link').first().click();
  await settle(page);
}

/** Leaves whatever is open, and opens a slide as if for the first time. */
export async function openAfresh(page, base) {
  await page.goto('about:blank');
  await page.goto(base);
  await openScoredSlide(page);
}

/** Waits until the heatmap has its legend. */
export async function heatmapShown(page) {
  await page.locator('.section.heatmap .legend-ticks span').first().waitFor();
}

/** Waits until the view has stopped moving, all tiles and pictures are there, and that was drawn. */
export async function settle(page) {
  // A movement begins with the frame after what caused it; the tiles it needs are known one later.
  for (let round = 0; round < 2; round += 1) {
    await page.evaluate(frames, 3);
    await page.waitForFunction(isSettled, null, { timeout: 20_000 });
  }
  await page.evaluate(frames, 3);
}

/** The slide that is open. */
export function openId(page) {
  return /slides\/([0-9a-f]{32})/.exec(page.url())[1];
}

/** Asks the server as the page itself does, whose session it is. */
export async function ask(page, method, path, body) {
  const headers = { 'Content-Type': 'application/json' };
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  return page.evaluate(answer, [`/api/v1${path}`, init]);
}

async function answer([url, init]) {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${init.method} ${url}: ${response.status} ${await response.text()}`);
  return response.json();
}

function isSettled() {
  const stages = [...document.querySelectorAll('.stage-slide')];
  const still = stages.every(({ dataset }) => dataset.loaded === 'true' && dataset.resting !== 'false');
  return stages.length > 0 && still && [...document.images].every(isThere);

  // A picture that is out of sight may wait until someone looks.
  function isThere(image) {
    return image.complete || image.loading === 'lazy';
  }
}

async function frames(count) {
  for (let at = 0; at < count; at += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
}
