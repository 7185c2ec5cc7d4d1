// Colours corrected by the slide's own profile, against littlecms.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, afterEach, before, describe, test } from 'node:test';
import { openViewer, save } from './browser.mjs';
import { openScoredSlide, settle } from './opening.mjs';
import { difference, middle } from './pixels.mjs';

/** tests/browser/run gives this slide this profile. */
const SLIDE = 'wide.tiff';
const PROFILE = 'matrix-tables';

describe('a slide with a colour profile', { timeout: 600_000 }, () => {
  let browser;
  let page;
  let problems;

  before(async () => {
    ({ browser, page, problems } = await openViewer());
    await openScoredSlide(page, SLIDE);
    await page.locator('.readout-colour', { hasText: 'colours corrected' }).waitFor();
    await page.keyboard.press('h');
    await page.keyboard.press('m');
    await settle(page);
  });

  after(() => browser?.close());

  afterEach(() => assert.deepEqual(problems.splice(0), []));

  /** The middle of the slide once its colours are those wanted. */
  async function coloured(words) {
    await page.locator('.readout-colour', { hasText: words }).waitFor();
    return middle(page);
  }

  /** What littlecms makes of a picture. */
  function byLittleCms(picture) {
    const rgb = Buffer.alloc((picture.data.length / 4) * 3);
    for (let at = 0; at < picture.data.length / 4; at += 1) picture.data.copy(rgb, at * 3, at * 4, at * 4 + 3);
    const python = process.env.PYTHON ?? '../../.venv/bin/python';
    const { status, stdout, stderr } = spawnSync(python, ['reference/colour.py', PROFILE], { input: rgb, maxBuffer: 1e8 });
    assert.equal(status, 0, `${stderr}: .ci/setup installs what it needs`);
    const data = Buffer.alloc(picture.data.length, 255);
    for (let at = 0; at < picture.data.length / 4; at += 1) stdout.copy(data, at * 4, at * 3, at * 3 + 3);
    return { ...picture, data };
  }

  test('is shown as littlecms would show it', async () => {
    // Where a pixel of the slide is one of the screen, nothing is mixed before or after the correction.
    await page.evaluate(() => (location.hash = location.hash.replace(/zoom=[\d.]+/, 'zoom=0.5')));
    await page.waitForFunction(() => /^20×/.test(document.querySelector('.readout-scale').textContent));
    const corrected = await coloured('colours corrected');
    await save(page, 'colour-corrected');
    await page.keyboard.press('i');
    const scanned = await coloured('colours as scanned');
    await save(page, 'colour-scanned');
    const expected = byLittleCms(scanned);
    assert.ok(difference(scanned, corrected) > 3, `the correction changes ${difference(scanned, corrected)} only`);
    const mean = difference(expected, corrected);
    const largest = corrected.data.reduce((most, value, at) => Math.max(most, Math.abs(value - expected.data[at])), 0);
    assert.ok(mean < 0.5, `the mean difference from littlecms is ${mean}`);
    assert.ok(largest <= 8, `a channel differs from littlecms by ${largest}`);
  });

  test('has its colours corrected again by the button', async () => {
    const scanned = await coloured('colours as scanned');
    await page.locator('button[aria-label="Correct the colours (I)"]').click();
    const corrected = await coloured('colours corrected');
    assert.ok(difference(byLittleCms(scanned), corrected) < 0.5);
  });

  test('keeps them while the slide moves', async () => {
    await page.keyboard.press('ArrowRight');
    const corrected = await coloured('colours corrected');
    await page.keyboard.press('i');
    assert.ok(difference(byLittleCms(await coloured('colours as scanned')), corrected) < 0.5);
  });
});

test('a slide without a profile says so', async () => {
  const { browser, page } = await openViewer();
  await page.locator('.card').first().locator('.card-link').click();
  const button = page.locator('button[aria-label="Correct the colours (I)"]');
  await button.waitFor();
  assert.equal(await button.isDisabled(), true);
  assert.match(await button.getAttribute('title'), /no colour profile/);
  await browser.close();
});
