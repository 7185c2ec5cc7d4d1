// The heatmap in detail: the same on a graphics card and without one, regions, and the tile under the pointer.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { openViewer, save, shown } from './browser.mjs';
import { heatmapShown, openAfresh, settle } from './opening.mjs';
import { changedShare, coarse, difference, middle } from './pixels.mjs';

describe('the heatmap', { timeout: 600_000 }, () => {
  let browser;
  let page;
  let problems;

  let base;

  before(async () => {
    ({ browser, page, problems, base } = await openViewer());
  });

  // Each test begins with a slide as it opens.
  beforeEach(async () => {
    await openAfresh(page, base);
  });

  after(() => browser?.close());

  afterEach(() => assert.deepEqual(problems.splice(0), []));

  /** Nothing of the slide shows through, and nothing is drawn over. */
  async function coverSlide(of) {
    await of.locator('input[name="opacity"]').fill('100');
    if (await of.locator('input[name="fade"]').isChecked()) await of.locator('input[name="fade"]').click();
    await of.locator('button[aria-label="Tile marks (M)"]').click();
    await of.mouse.move(5, 5);
  }

  test('has the colours of its legend on a graphics card too', async () => {
    // Small, for the processor computes what the card would.
    const size = page.viewportSize();
    await page.setViewportSize({ width: 1100, height: 480 });
    await page.locator('.section.evidence .tile').first().click();
    await page.keyboard.press('r');
    await settle(page);
    const link = page.url();
    // The outline of the chosen tile is not part of the link.
    await page.reload();
    await heatmapShown(page);
    const other = await page.context().newPage();
    try {
      // What computes WebGL here calls itself software, and would be left alone.
      await other.addInitScript(() => {
        const { getParameter } = WebGL2RenderingContext.prototype;
        WebGL2RenderingContext.prototype.getParameter = function (name) {
          const isName = name === 0x9246 || name === this.RENDERER;
          return isName ? 'a card' : getParameter.call(this, name);
        };
      });
      await other.setViewportSize(page.viewportSize());
      await other.goto(link);
      await heatmapShown(other);
      await other.locator('canvas.overlays').nth(1).waitFor();
      for (const layer of ['attention', 'leave_out']) {
        for (const one of [page, other]) {
          await one.locator('select[name="layer"]').selectOption(layer);
          await one.waitForFunction((name) => location.hash.includes(`layer=${name}`), layer);
          if (layer === 'attention') await coverSlide(one);
          await one.locator('input[name="threshold"]').fill(layer === 'attention' ? '0' : '20');
        }
        const [canvas, card] = [await middle(page), await middle(other)];
        // The edges of cells may lie a pixel apart, and the slide that shows through is a little sharper in one.
        const differs = changedShare(coarse(canvas, 10), coarse(card, 10), 40);
        assert.ok(differs < 0.03, `${layer}: ${differs} of the picture differs`);
      }
    } finally {
      await other.close();
      await page.setViewportSize(size);
    }
  });

  test('outlines the regions above the threshold, which lead to their place', async () => {
    await page.mouse.move(5, 5);
    assert.equal(await page.locator('.regions').isVisible(), false);
    const without = await middle(page);
    await page.locator('input[name="threshold"]').fill('60');
    await page.locator('.region-buttons button').first().waitFor();
    assert.match(await page.locator('.regions .hint').innerText(), /^\d+ regions? above the threshold, [\d.\u202f]+ (µm²|mm²) in all/);
    assert.ok(difference(without, await middle(page)) > 0.5, 'no outline is drawn');
    await save(page, 'regions');
    const before = shown(page);
    await page.locator('.region-buttons button').first().click();
    await settle(page);
    for (const name of ['x', 'y', 'zoom']) assert.notEqual(shown(page)[name], before[name], `${name} did not change`);
    await page.locator('input[name="threshold"]').fill('0');
    await page.locator('.regions').waitFor({ state: 'hidden' });
  });

  test('shows the tile under the pointer, its value and its rank', async () => {
    await page.locator('.section.evidence .tile').first().click();
    await settle(page);
    const { x, y, width, height } = await page.locator('.stage-slide').boundingBox();
    await page.mouse.move(x + width / 2, y + height / 2);
    const card = page.locator('.tile-card');
    await card.waitFor();
    assert.match(await card.innerText(), /attention [\d.]+×\s*higher than \d+ % of tiles/);
    await page.waitForFunction(() => document.querySelector('.tile-card img').naturalWidth > 50);
    await save(page, 'tile-card');
    await page.mouse.move(5, 5);
    await card.waitFor({ state: 'hidden' });
  });
});
