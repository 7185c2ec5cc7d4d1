// The report on a slide: what was measured goes into it, and it opens by one click, as a page and as PDF.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, afterEach, before, describe, test } from 'node:test';
import { violationsOf } from './axe.mjs';
import { openViewer, shown } from './browser.mjs';
import { ask, openId, openScoredSlide, settle } from './opening.mjs';

describe('the report', { timeout: 600_000 }, () => {
  let browser;
  let page;
  let problems;
  let base;

  before(async () => {
    ({ browser, page, problems, base } = await openViewer());
    await openScoredSlide(page);
    await page.keyboard.press('5');
    await settle(page);
  });

  after(() => browser?.close());

  afterEach(() => assert.deepEqual(problems.splice(0), []));

  const kept = () => page.locator('.section.drawing .annotations li');

  test('a measurement is kept with the slide when it is told to', async () => {
    const box = await page.locator('.stage-slide').boundingBox();
    const at = (x, y) => page.mouse.click(box.x + box.width / 2 + x, box.y + box.height / 2 + y);
    await page.keyboard.press('l');
    await at(-150, -60);
    await at(150, -60);
    await page.keyboard.press('a');
    for (const [x, y] of [[-100, 0], [100, 0], [100, 100], [-100, 100]]) await at(x, y);
    await page.keyboard.press('Enter');
    await page.locator('.measurements li').nth(1).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.measurements').getByRole('button', { name: 'Keep' }).first().click();
    await kept().nth(0).waitFor();
    await page.locator('.measurements').getByRole('button', { name: 'Keep' }).first().click();
    await kept().nth(1).waitFor();
    assert.equal(await page.locator('.measurements li').count(), 0);
    const { features } = await ask(page, 'GET', `/slides/${openId(page)}/annotations`);
    assert.deepEqual(features.map(({ geometry }) => geometry.type), ['LineString', 'Polygon']);
    const [[x1, y1], [x2, y2]] = features[0].geometry.coordinates;
    const { mpp } = await ask(page, 'GET', `/slides/${openId(page)}/manifest`);
    const length = Math.hypot(x2 - x1, y2 - y1) * mpp;
    assert.ok(Math.abs(length / (300 * Number(shown(page).zoom)) - 1) < 0.015, `the line is ${length} um`);
  });

  test('opens by one click, stands alone and is accessible', async () => {
    const link = page.getByRole('link', { name: 'Slide report', exact: true });
    const [report] = await Promise.all([page.waitForEvent('popup'), link.click()]);
    const asked = [];
    report.on('request', (request) => asked.push(request.url()));
    await report.waitForLoadState();
    await report.reload();
    assert.deepEqual(asked.filter((url) => !url.startsWith('data:')), [report.url()]);
    const words = await report.locator('body').innerText();
    const { predictions } = await ask(page, 'GET', `/slides/${openId(page)}/predictions`);
    const [result] = predictions;
    const expected = [
      'Research use only',
      'PRELIMINARY, not signed',
      'Tumour detected',
      `Grade ${result.grade.value} of`,
      result.task.hash,
      result.encoder.hash,
      'Line',
      'Region',
      'µm around',
      'local user',
    ];
    for (const word of expected) assert.ok(words.includes(word), `${word} in ${words}`);
    const sizes = await report.locator('img').evaluateAll((images) => images.map(({ naturalWidth }) => naturalWidth));
    assert.equal(sizes.length, 2 + Math.min(8, result.top_tiles.length));
    assert.ok(sizes.every((width) => width >= 100), `pictures are ${sizes} wide`);
    assert.deepEqual(await violationsOf(report), []);
    if (process.env.SCREENSHOTS) {
      await report.screenshot({ path: `${process.env.SCREENSHOTS}/report.png`, fullPage: true });
    }
    await report.close();
  });

  test('is there as PDF, with the same words', async () => {
    const link = page.getByRole('link', { name: 'Slide report, PDF' });
    const answer = await page.request.get(`${base}${await link.getAttribute('href')}`);
    assert.equal(answer.status(), 200);
    assert.equal(answer.headers()['content-type'], 'application/pdf');
    assert.match(answer.headers()['content-disposition'], /inline; filename="slide-[0-9a-f]{32}\.pdf"/);
    const file = await answer.body();
    assert.equal(file.subarray(0, 5).toString(), '%PDF-');
    if (process.env.SCREENSHOTS) await writeFile(`${process.env.SCREENSHOTS}/report.pdf`, file);
  });
});
