// Debian's Chromium, driven against a running server. BASE_URL and LOGIN_URL name the server. A login link works
// once: SESSION_FILE keeps the session it gave, for the test files after the first.
import { existsSync } from 'node:fs';
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

/** Opens the viewer, logged in, and watches all that goes wrong from then on. */
export async function openViewer({ width = 1440, height = 900, hasTouch = false } = {}) {
  const { BASE_URL: base, LOGIN_URL: login } = process.env;
  if (!base || !login) throw new Error('set BASE_URL and LOGIN_URL to a running server and a login link of it');
  const browser = await launch();
  const session = process.env.SESSION_FILE;
  const hasSession = session !== undefined && existsSync(session);
  const context = await browser.newContext({
    viewport: { width, height },
    hasTouch,
    ...(hasSession && { storageState: session }),
  });
  const page = await context.newPage();
  const problems = watch(page, new URL(base).origin);
  await page.goto(hasSession ? base : login);
  if (session !== undefined && !hasSession) await context.storageState({ path: session });
  return { browser, page, problems, base };
}

export function launch(flags = []) {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: [...FLAGS, ...flags] });
}

/** Collects errors on the console, requests that failed, and requests to anyone but the server. */
export function watch(page, origin, complaints = ['error', 'warning']) {
  const problems = [];
  page.on('console', (message) => {
    // A processor that paints in place of a graphics card is slow to read back, and says so.
    if (!complaints.includes(message.type()) || /GPU stall due to ReadPixels/.test(message.text())) return;
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

/** What the link to the present view says: x, y, zoom, turn, layer. */
export function shown(page) {
  return Object.fromEntries(new URLSearchParams(new URL(page.url()).hash.split('?')[1] ?? ''));
}

/** Saves a picture of the page where SCREENSHOTS names a folder. */
export async function save(page, name) {
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png` });
}
