// Fingers instead of a mouse, and windows as narrow as a tablet's and a telephone's.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { openViewer, save, shown } from './browser.mjs';
import { openStage, settle } from './opening.mjs';

describe('on a tablet', { timeout: 600_000 }, () => {
  let browser;
  let page;
  let problems;
  let fingers;

  before(async () => {
    ({ browser, page, problems } = await openViewer({ width: 820, height: 1180, hasTouch: true }));
    fingers = await page.context().newCDPSession(page);
    await openStage(page);
  });

  after(() => browser?.close());

  afterEach(() => assert.deepEqual(problems.splice(0), []));

  async function middle() {
    const { x, y, width, height } = await page.locator('.stage-slide').boundingBox();
    return [x + width / 2, y + height / 2];
  }

  async function touch(type, ...points) {
    const touchPoints = points.map(([x, y], id) => ({ x, y, id }));
    await fingers.send('Input.dispatchTouchEvent', { type, touchPoints });
  }

  /** Moves fingers from one place each to another, in steps as fingers do. */
  async function stroke(from, to) {
    const steps = 10;
    await touch('touchStart', ...from);
    for (let step = 1; step <= steps; step += 1) {
      const share = step / steps;
      await touch('touchMove', ...from.map(([x, y], at) => [x + (to[at][0] - x) * share, y + (to[at][1] - y) * share]));
    }
    await touch('touchEnd');
    await settle(page);
  }

  test('the slide has all the room until the panel is asked for', async () => {
    assert.equal(await page.locator('.panel').isVisible(), false);
    assert.ok((await page.locator('.stage-slide').boundingBox()).width > 800);
    await save(page, 'tablet');
    await page.locator('.panel-toggle').tap();
    await page.locator('.section.result').waitFor();
    await settle(page);
    await save(page, 'tablet-panel');
    await page.locator('.panel-toggle').tap();
    await page.locator('.panel').waitFor({ state: 'hidden' });
    await settle(page);
  });

  test('one finger moves the slide', async () => {
    await page.getByRole('button', { name: '5×', exact: true }).tap();
    await settle(page);
    const before = shown(page);
    const [x, y] = await middle();
    await stroke([[x, y]], [[x - 120, y - 80]]);
    assert.ok(Number(shown(page).x) - Number(before.x) > 60 * Number(before.zoom), 'the slide did not move');
    assert.ok(Number(shown(page).y) - Number(before.y) > 40 * Number(before.zoom), 'the slide did not move');
    assert.equal(shown(page).zoom, before.zoom);
  });

  test('two fingers zoom it', async () => {
    const before = Number(shown(page).zoom);
    const [x, y] = await middle();
    await stroke([[x - 60, y], [x + 60, y]], [[x - 160, y], [x + 160, y]]);
    const zoom = Number(shown(page).zoom);
    assert.ok(zoom < before * 0.6, `${before} became ${zoom}`);
    await stroke([[x - 160, y], [x + 160, y]], [[x - 60, y], [x + 60, y]]);
    assert.ok(Number(shown(page).zoom) > zoom * 1.5);
  });

  test('two taps zoom it, too', async () => {
    const before = Number(shown(page).zoom);
    const [x, y] = await middle();
    await page.touchscreen.tap(x, y);
    await page.touchscreen.tap(x, y);
    await page.waitForFunction((zoom) => Number(/zoom=([\d.]+)/.exec(location.hash)[1]) < zoom * 0.9, before);
    await settle(page);
  });

  test('taps measure a line', async () => {
    await page.locator('button[aria-label="Measure a line (L)"]').tap();
    const [x, y] = await middle();
    await page.touchscreen.tap(x - 100, y + 40);
    await page.touchscreen.tap(x + 100, y + 40);
    await page.locator('.measurements li').waitFor({ state: 'attached' });
    await save(page, 'tablet-measuring');
    const words = await page.locator('.measurements li').textContent();
    const [, digits, unit] = /([\d.]+) (µm|mm)/.exec(words);
    const length_um = Number(digits) * (unit === 'mm' ? 1000 : 1);
    assert.ok(Math.abs(length_um / (200 * Number(shown(page).zoom)) - 1) < 0.02, `${words} at ${page.url()}`);
  });

  test('a telephone has room for it as well', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await settle(page);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(overflow <= 0, `the page is ${overflow} pixels too wide`);
    await save(page, 'telephone');
    await page.locator('.panel-toggle').tap();
    await page.locator('.section.result').waitFor();
    await settle(page);
    await save(page, 'telephone-panel');
    assert.ok((await page.locator('.stage-slide').boundingBox()).height > 250);
  });
});
