// Slides side by side: moving together, being brought in line, and a link that shows it again.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { openViewer, save, shown } from './browser.mjs';
import { openScoredSlide, settle } from './opening.mjs';

describe('slides side by side', { timeout: 600_000 }, () => {
  let browser;
  let page;
  let problems;

  before(async () => {
    ({ browser, page, problems } = await openViewer());
    await openScoredSlide(page);
  });

  after(() => browser?.close());

  afterEach(() => assert.deepEqual(problems.splice(0), []));

  const pane = (at) => page.locator('.pane').nth(at);

  /** Where the middle of each pane is on its slide, and how large and turned it is shown. */
  async function views() {
    await settle(page);
    return page.locator('.pane').evaluateAll((panes) =>
      panes.map((element) => {
        const [, x, y] = /x ([\d\u202f−-]+) µm\s+y ([\d\u202f−-]+)/.exec(element.querySelector('.readout-place').textContent);
        const [, um_per_px] = /([\d.]+) µm\/px/.exec(element.querySelector('.readout-scale').textContent);
        const turn = / · (\d+)°/.exec(element.querySelector('.readout-scale').textContent);
        const number = (text) => Number(text.replaceAll('\u202f', ''));
        return { x: number(x), y: number(y), um_per_px: Number(um_per_px), turn: Number(turn?.[1] ?? 0) };
      }),
    );
  }

  async function drag(at, dx, dy) {
    const { x, y, width, height } = await pane(at).locator('.stage-slide').boundingBox();
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width / 2 + dx, y + height / 2 + dy, { steps: 8 });
    await page.mouse.up();
    await page.mouse.move(x + width / 2, y - 20);
  }

  test('are chosen from the slides there are, without a mouse', async () => {
    await page.keyboard.press('s');
    await page.locator('dialog.picker[open]').waitFor();
    const other = page.locator('.picker-rows input:not(:checked)').first();
    await other.focus();
    await page.keyboard.press('Space');
    await page.locator('.picker-show').press('Enter');
    await pane(1).waitFor();
    assert.equal(await page.locator('.pane').count(), 2);
    assert.match(page.url(), /#\/compare\/[0-9a-f]{32},[0-9a-f]{32}/);
  });

  test('are seen at one scale, and move, zoom and turn together', async () => {
    const before = await views();
    assert.equal(before[0].um_per_px, before[1].um_per_px);
    await pane(0).locator('.openseadragon-canvas').first().focus();
    await page.keyboard.press('5');
    await drag(0, -120, -60);
    const moved = await views();
    assert.equal(moved[0].um_per_px, 1);
    assert.equal(moved[1].um_per_px, 1);
    const step = (at) => [moved[at].x - before[at].x, moved[at].y - before[at].y];
    step(0).forEach((um, axis) => assert.ok(Math.abs(um - step(1)[axis]) <= 2, `${step(0)} against ${step(1)}`));
    await page.keyboard.press('r');
    assert.deepEqual((await views()).map(({ turn }) => turn), [90, 90]);
    await page.keyboard.press('u');
  });

  test('show where the pointer is on the other slide', async () => {
    await settle(page);
    const { x, y, width, height } = await pane(0).locator('.stage-slide').boundingBox();
    const overlay = pane(1).locator('canvas.overlays');
    const drawn = () => overlay.evaluate((canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0));
    await page.mouse.move(x + width / 2 + 40, y + height / 2);
    await page.waitForFunction(() => /^x /.test(document.querySelector('.readout-place').textContent));
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    assert.equal(await drawn(), true);
    await save(page, 'compare');
  });

  test('can be brought in line and then stay so', async () => {
    await page.mouse.move(5, 5);
    await page.keyboard.press('y');
    const before = await views();
    await drag(1, 90, 0);
    const apart = await views();
    assert.deepEqual([apart[0].x, apart[0].y], [before[0].x, before[0].y]);
    assert.ok(before[1].x - apart[1].x > 60 * apart[1].um_per_px, 'the other slide did not move by itself');
    await page.locator('button[aria-label="Move together (Y)"]').click();
    await drag(0, 0, 50);
    const together = await views();
    const offset = (of) => [of[1].x - of[0].x, of[1].y - of[0].y];
    offset(together).forEach((um, axis) => assert.ok(Math.abs(um - offset(apart)[axis]) <= 2, `${offset(together)}`));
  });

  test('are shown again by their link', async () => {
    const before = await views();
    const link = page.url();
    assert.ok(shown(page).align, link);
    await page.goto('about:blank');
    await page.goto(link);
    await pane(1).waitFor();
    const again = await views();
    for (const at of [0, 1]) {
      assert.ok(Math.abs(again[at].x - before[at].x) <= 1 && Math.abs(again[at].y - before[at].y) <= 1, JSON.stringify({ before, again }));
      assert.equal(again[at].um_per_px, before[at].um_per_px);
    }
  });

  test('close one by one', async () => {
    await pane(1).getByRole('button', { name: /^Close/ }).click();
    await page.locator('.section.result').waitFor();
    assert.match(page.url(), /#\/slides\//);
    assert.equal(await page.locator('.pane').count(), 0);
  });
});
