// Debian's Chromium, driven against a running server. BASE_URL and LOGIN_URL name the server.
import { chromium } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Opens the login link and watches all that goes wrong from then on. */
export async function openViewer({ width = 1440, height = 900 } = {}) {
  const { BASE_URL: base, LOGIN_URL: login } = process.env;
  if (!base || !login) throw new Error('set BASE_URL and LOGIN_URL to a running server and a login link of it');
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: FLAGS,
  });
  const context = await browser.newContext({ viewport: { width, height } });
  const page = await context.newPage();
  const problems = watch(page, new URL(base).origin);
  await page.goto(login);
  return { browser, page, problems, base };
}

/** Collects errors on the console, requests that failed, and requests to anyone but the server. */
function watch(page, origin) {
  const problems = [];
  page.on('console', (message) => {
    // A processor that paints in place of a graphics card is slow to read back, and says so.
    if (!['error', 'warning'].includes(message.type()) || /GPU stall due to ReadPixels/.test(message.text())) return;
    problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.origin !== origin) problems.push(`foreign request: ${url.origin}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()}: ${new URL(response.url()).pathname}`);
  });
  return problems;
}

/** Opens the first slide of the list that has a result, and waits until it lies still. */
export async function openScoredSlide(page) {
  await page.locator('.card[data-state="scored"] .card-link').first().click();
  await page.locator('.section.result').waitFor();
  await page.locator('.section.heatmap .legend-ticks span').first().waitFor();
  await settle(page);
}

/** Waits until all tiles and pictures are there and the view has stopped moving: two equal shots. */
export async function settle(page) {
  const stage = page.locator('.stage-slide');
  let before = await stage.screenshot();
  for (let round = 0; round < 80; round += 1) {
    await page.waitForTimeout(250);
    const now = await stage.screenshot();
    if (now.equals(before) && (await isLoaded(page, stage))) return;
    before = now;
  }
  throw new Error('the slide did not come to rest within twenty seconds');
}

async function isLoaded(page, stage) {
  if ((await stage.getAttribute('data-loaded')) !== 'true') return false;
  return page.evaluate(() => [...document.images].every((image) => image.complete));
}
