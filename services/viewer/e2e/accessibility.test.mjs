// Whether people can use the viewer who see little, or have no mouse: axe-core's rules of WCAG 2.2 AA.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { violationsOf } from './axe.mjs';
import { openViewer } from './browser.mjs';
import { openScoredSlide, settle } from './opening.mjs';

describe('accessibility', { timeout: 600_000 }, () => {
  let browser;
  let page;

  before(async () => {
    ({ browser, page } = await openViewer());
  });

  after(() => browser?.close());

  const violations = () => violationsOf(page);

  test('the list', async () => {
    await page.locator('.card[data-state="scored"]').first().waitFor();
    assert.deepEqual(await violations(), []);
  });

  test('a slide with its result', async () => {
    await openScoredSlide(page);
    assert.deepEqual(await violations(), []);
  });

  test('the list of keys', async () => {
    await page.keyboard.press('?');
    await page.locator('dialog[open]').waitFor();
    assert.deepEqual(await violations(), []);
    await page.keyboard.press('Escape');
    await settle(page);
  });

  test('every control is reached by the keyboard and shows that it is', async () => {
    const seen = new Set();
    for (let at = 0; at < 200; at += 1) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(() => {
        const element = document.activeElement;
        if (element === null || element === document.body) return null;
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
        const shows = (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
        element.dataset.wasFocused = 'true';
        return { html: element.outerHTML.slice(0, 120), shows };
      });
      if (focused === null || seen.has(focused.html)) continue;
      seen.add(focused.html);
      assert.ok(focused.shows, `nothing shows the focus of ${focused.html}`);
    }
    const missed = await page.locator('button:visible:not([disabled]), a[href]:visible, input:visible:not([disabled]), select:visible').evaluateAll(
      (controls) => controls.filter(({ dataset, tabIndex }) => !dataset.wasFocused && tabIndex >= 0).map(({ outerHTML }) => outerHTML.slice(0, 120)),
    );
    assert.deepEqual(missed, []);
  });
});
