// Places like one that is pointed at: in the slide, in all slides, with the mouse and by keys alone.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { violationsOf } from './axe.mjs';
import { openViewer, save, shown } from './browser.mjs';
import { openId, openScoredSlide, settle } from './opening.mjs';

describe('similar places', { timeout: 600_000 }, () => {
  let browser;
  let page;
  let problems;

  before(async () => {
    ({ browser, page, problems } = await openViewer());
    await openScoredSlide(page);
    await similar().waitFor();
  });

  after(() => browser?.close());

  // All slides are gathered when somebody first asks: until then the server answers 503, and the page asks again.
  afterEach(() => assert.deepEqual(problems.splice(0).filter((problem) => !isGathering(problem)), []));

  const isGathering = (problem) => /^503: .*\/similar$/.test(problem) || /503 \(Service Unavailable\)/.test(problem);
  const similar = () => page.locator('.section.similar');
  const hits = () => similar().locator('.similar-hits > li');
  const status = () => similar().locator('p[role="status"]').last();

  async function firstTopTile() {
    await page.locator('.section.evidence .tile').first().click();
    await settle(page);
  }

  async function found() {
    await page.waitForFunction(() => /Compared with|Searched/.test(document.querySelector('.section.similar').innerText), null, { timeout: 60_000 });
    return page.evaluate(() => [...document.querySelectorAll('.similar-hits .tile')].map((tile) => tile.getAttribute('aria-label')));
  }

  test('a click on a tile finds places in the slide, the most similar first', async () => {
    await firstTopTile();
    await similar().getByRole('button', { name: 'Tile', exact: true }).click();
    const box = await page.locator('.stage-slide').boundingBox();
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    const names = await found();
    assert.ok(names.length > 2 && names.length <= 12, names.join('\n'));
    const cosines = names.map((name) => Number(/similarity (−?[\d.]+)/.exec(name)[1].replace('−', '-')));
    assert.deepEqual(cosines, cosines.toSorted((a, b) => b - a));
    assert.match(await status().innerText(), /all \d[\d\u202f]* tiles of this slide/);
    await page.keyboard.press('Escape');
    assert.equal(await similar().locator('[aria-pressed="true"]').count(), 0);
    await save(page, 'similar');
  });

  test('a hit leads to its place, and the way back leads here', async () => {
    const before = shown(page);
    await hits().first().locator('button').click();
    await settle(page);
    const there = shown(page);
    assert.ok(Math.hypot(there.x - before.x, there.y - before.y) > 100, JSON.stringify({ before, there }));
    await page.goBack();
    await settle(page);
    assert.ok(Math.hypot(shown(page).x - before.x, shown(page).y - before.y) < 2, JSON.stringify(shown(page)));
  });

  test('a region is drawn, and one tool is in hand at a time', async () => {
    const drawing = page.locator('.section.drawing');
    // From here the region has many tiles, and so is not that of the test before.
    for (let step = 0; step < 3; step += 1) await page.keyboard.press('-');
    await settle(page);
    await drawing.getByRole('button', { name: 'Point' }).click();
    await similar().getByRole('button', { name: 'Polygon' }).click();
    assert.equal(await drawing.locator('.tools [aria-pressed="true"]').count(), 0);
    const box = await page.locator('.stage-slide').boundingBox();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const before = await found();
    const n_kept = await drawing.locator('.annotations li').count();
    for (const [dx, dy] of [[-150, -150], [150, -150], [150, 150], [-150, 150]]) {
      await page.mouse.click(x + dx, y + dy);
      await page.waitForTimeout(400);
    }
    await page.keyboard.press('Enter');
    await page.waitForFunction(
      (old) => [...document.querySelectorAll('.similar-hits .tile')].map((tile) => tile.getAttribute('aria-label')).join() !== old,
      before.join(),
    );
    await page.keyboard.press('Escape');
    assert.equal(await drawing.locator('.annotations li').count(), n_kept, 'it is looked for, and not kept');
  });

  test('all slides are searched by keys alone, and a hit opens its slide at the place', async () => {
    const open = openId(page);
    await similar().locator('[data-tool="middle"]').press('Enter');
    await similar().locator('select[name="similar-scope"]').focus();
    // From the first to the last: this slide, (its case,) all slides.
    await page.keyboard.press('End');
    await page.waitForFunction(() => /Searched [\d\u202f]+ of/.test(document.querySelector('.section.similar').innerText), null, { timeout: 120_000 });
    await save(page, 'similar-everywhere');
    const others = similar().locator('.similar-hits a');
    if ((await others.count()) === 0) return assert.fail('no hit lies in another slide');
    const link = await others.first().getAttribute('href');
    assert.ok(!link.includes(open), link);
    await others.first().press('Enter');
    await page.locator('.stage-slide').waitFor();
    await settle(page);
    assert.ok(page.url().includes(link.split('?')[0]), page.url());
    const [wanted, now] = [new URLSearchParams(link.split('?')[1]), shown(page)];
    assert.ok(Math.abs(wanted.get('x') - now.x) < 2 && Math.abs(wanted.get('y') - now.y) < 2, JSON.stringify(now));
  });

  test('a place without tissue is told, and nothing is shown', async () => {
    await page.goBack();
    await similar().waitFor();
    await page.keyboard.press('0');
    await settle(page);
    const url = page.url().replace(/\?.*/, '?x=1&y=1&zoom=1');
    await page.goto('about:blank');
    await page.goto(url);
    await similar().waitFor();
    await settle(page);
    await similar().locator('[data-tool="middle"]').click();
    await page.waitForFunction(() => /no embedded tile/i.test(document.querySelector('.section.similar').innerText));
    assert.equal(await hits().count(), 0);
    assert.deepEqual(problems.splice(0).filter((problem) => !/422/.test(problem)), []);
  });

  test('breaks no rule of accessibility', async () => {
    assert.deepEqual(await violationsOf(page), []);
  });
});
