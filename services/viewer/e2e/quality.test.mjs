// The quality of a slide's tiles: layers over the slide, their legend, and the call without flagged tiles.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { openViewer, save } from './browser.mjs';
import { openAfresh, settle } from './opening.mjs';
import { difference, middle } from './pixels.mjs';

describe('the quality of a slide', { timeout: 600_000 }, () => {
  let browser;
  let page;
  let problems;
  let base;

  before(async () => {
    ({ browser, page, problems, base } = await openViewer());
  });

  beforeEach(async () => {
    await openAfresh(page, base);
    await page.locator('.section.quality .quality-bars').waitFor();
  });

  after(() => browser?.close());

  afterEach(() => assert.deepEqual(problems.splice(0), []));

  test('is told in figures of the tissue', async () => {
    const bars = await page.locator('.quality-bars li').allInnerTexts();
    assert.deepEqual(bars.map((bar) => bar.split(/\s+/)[0]), ['Blurred', 'Pen', 'Folded', 'Any']);
    for (const bar of bars) assert.match(bar, /(< )?\d+ %/);
    assert.match(await page.locator('.quality-summary .hint').innerText(), /^Of \d+ tiles\. Edges are smeared by 0\.\d+ µm/);
  });

  test('lies over the slide in layers, each with its legend', async () => {
    const section = page.locator('.section.quality');
    await page.mouse.move(5, 5);
    const seen = [];
    for (const [layer, words] of [
      ['focus', /Focus\s*flagged from 0\.9 µm on/],
      ['pen', /Pen\s*flagged from 5 % on/],
      ['fold', /Folds\s*flagged from 2 % on/],
      ['coverage', /Tissue/],
    ]) {
      await page.locator('select[name="quality_layer"]').selectOption(layer);
      await section.locator('.legend-title strong').waitFor();
      await page.waitForFunction(
        (source) => new RegExp(source).test(document.querySelector('.section.quality .legend-title').innerText),
        words.source,
      );
      // It covers the slide in place of the heatmap.
      assert.equal(await page.locator('input[name="visible"]').isChecked(), false);
      if (layer === 'focus' || layer === 'coverage') seen.push(await middle(page));
    }
    assert.ok(difference(seen[0], seen[1]) > 1, 'focus and coverage look alike');
    await save(page, 'quality');
    await page.locator('select[name="quality_layer"]').selectOption('');
    await section.locator('.legend').waitFor({ state: 'hidden' });
    assert.ok(difference(seen[1], await middle(page)) > 1, 'the layer is still there');
  });

  test('says the value under the pointer with its unit', async () => {
    await page.locator('select[name="quality_layer"]').selectOption('coverage');
    await page.locator('.section.evidence .tile').first().click();
    await settle(page);
    const { x, y, width, height } = await page.locator('.stage-slide').boundingBox();
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.getByText(/Tissue \d+ %/).first().waitFor();
  });

  test('says whether the call holds without the flagged tiles, and leaves them out of the heatmap', async () => {
    const verdict = page.locator('.quality-verdict');
    await verdict.waitFor();
    const toggle = page.locator('input[name="without_flagged"]');
    const words = await verdict.innerText();
    if (/No tile is flagged/.test(words)) {
      assert.equal(await toggle.isDisabled(), true);
      return;
    }
    assert.match(words, /The call (holds|changes)|There is no call either way|Every tile is flagged/);
    const answers = page.locator('.quality-answers');
    assert.equal(await answers.isVisible(), false);
    await toggle.check();
    await answers.waitFor();
    const lines = await answers.locator('.probability-line').allInnerTexts();
    assert.match(lines[0], /^With all tiles/);
    assert.match(lines[1], /^Without (the flagged tile|[\d\u202f]+ flagged tiles)/);
    for (const line of lines) assert.match(line, /probability/);
    await save(page, 'quality-without');
    await toggle.uncheck();
    await answers.waitFor({ state: 'hidden' });
  });
});
