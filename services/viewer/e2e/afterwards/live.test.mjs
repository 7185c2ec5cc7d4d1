// A slide that is opened while it is embedded: its heatmap fills in, and gives way to the result.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { violationsOf } from '../axe.mjs';
import { openViewer, save } from '../browser.mjs';
import { heatmapShown, settle } from '../opening.mjs';
import { changedShare, pixels } from '../pixels.mjs';

describe('a slide that is being embedded', { timeout: 900_000 }, () => {
  let browser;
  let page;
  let problems;

  before(async () => {
    ({ browser, page, problems } = await openViewer());
  });

  after(() => browser?.close());

  afterEach(() => assert.deepEqual(problems.splice(0), []));

  const live = () => page.locator('.section.live-heat');

  /** All of the stage: the first tiles lie at the slide's top. */
  async function slidePixels() {
    await settle(page);
    return pixels(browser, await page.locator('.stage-slide').screenshot());
  }

  test('shows what each tile says as tiles come, and that this is no result', async () => {
    await page.locator('#file-picker').setInputFiles(process.env.LARGE_SLIDE);
    await page.locator('.list-tab[data-tab="slides"]').click();
    // Opened before it is tiled: the page follows the slide from there.
    const card = page.locator('.card', { hasText: 'large.tiff' }).first();
    await card.locator('.card-link').click({ timeout: 240_000 });
    const inProgress = live().locator('.live-words', { hasText: 'In progress' });
    await inProgress.or(page.locator('.section.result .call')).first().waitFor({ timeout: 400_000 });
    assert.ok(await inProgress.isVisible(), 'the slide was embedded before the browser saw it');
    const words = await live().innerText();
    const [, done, all] = /In progress: ([\d\u202f]+) of ([\d\u202f]+) tiles/.exec(words);
    const [n_done, n_all] = [done, all].map((count) => Number(count.replaceAll('\u202f', '')));
    assert.ok(n_done > 0 && n_done < n_all, words);
    assert.match(words, /no result yet/);
    assert.equal(await page.locator('.section.result .call').count(), 0);
    const shown = await slidePixels();
    await save(page, 'live');
    await page.keyboard.press('h');
    const hidden = await slidePixels();
    await page.keyboard.press('h');
    // As few as one chunk of tiles may be done when a quick browser looks.
    const coloured = changedShare(shown, hidden);
    assert.ok(coloured > 0.002, `${coloured} of the stage is coloured with ${words}`);
    assert.deepEqual(await violationsOf(page), []);
  });

  test('gives way to the result', async () => {
    await page.locator('.section.result .call').waitFor({ timeout: 600_000 });
    await heatmapShown(page);
    assert.equal(await live().count(), 0);
    await settle(page);
    await save(page, 'live-scored');
  });
});
