// Whether people can use the viewer who see little, or have no mouse: axe-core's rules of WCAG 2.2 AA.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { openScoredSlide, openViewer, settle } from './browser.mjs';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

describe('accessibility', { timeout: 600_000 }, () => {
  let browser;
  let page;
  let axe;

  before(async () => {
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    ({ browser, page } = await openViewer());
  });

  after(() => browser?.close());

  /** What breaks a rule, as lines to read. */
  async function violations() {
    await page.evaluate(axe);
    const { violations: found } = await page.evaluate(
      (values) => window.axe.run(document, { runOnly: { type: 'tag', values } }),
      TAGS,
    );
    return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`));
  }

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
    const missed = await page.locator('button:visible:not([disabled]), a[href]:visible, input:visible, select:visible').evaluateAll(
      (controls) => controls.filter(({ dataset, tabIndex }) => !dataset.wasFocused && tabIndex >= 0).map(({ outerHTML }) => outerHTML.slice(0, 120)),
    );
    assert.deepEqual(missed, []);
  });
});
