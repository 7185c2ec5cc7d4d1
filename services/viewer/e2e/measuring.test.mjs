// Measuring lines and areas by pointer and by key, and links that lead back to a place.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { openViewer, save, shown } from './browser.mjs';
import { openScoredSlide, settle } from './opening.mjs';

describe('measuring', { timeout: 600_000 }, () => {
  let browser;
  let page;
  let problems;
  let base;

  before(async () => {
    ({ browser, page, problems, base } = await openViewer());
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: base });
    await openScoredSlide(page);
    await page.keyboard.press('5');
    await settle(page);
  });

  after(() => browser?.close());

  afterEach(() => assert.deepEqual(problems.splice(0), []));

  const rows = () => page.locator('.measurements li');
  const zoom = () => Number(shown(page).zoom);

  async function corner() {
    const { x, y, width, height } = await page.locator('.stage-slide').boundingBox();
    return [x + width / 2 - 150, y + height / 2 - 100];
  }

  /** The figure of a measurement in micrometres or square micrometres. */
  async function figure(at) {
    const words = await rows().nth(at).innerText();
    const [, digits, unit] = /: ([\d.\u202f]+) (nm|µm²|mm²|µm|mm)/.exec(words);
    const scale = { nm: 1e-3, 'µm': 1, mm: 1e3, 'µm²': 1, 'mm²': 1e6 }[unit];
    return Number(digits.replaceAll('\u202f', '')) * scale;
  }

  function near(found, expected, what) {
    assert.ok(Math.abs(found / expected - 1) < 0.015, `${what} is ${found}, not ${expected}`);
  }

  test('a line between two clicks is as long as they are apart', async () => {
    const [x, y] = await corner();
    await page.keyboard.press('l');
    assert.equal(await page.locator('button[aria-label="Measure a line (L)"]').getAttribute('aria-pressed'), 'true');
    await page.mouse.click(x, y);
    await page.mouse.click(x + 300, y);
    await rows().nth(0).waitFor();
    near(await figure(0), 300 * zoom(), 'the line');
  });

  test('an area is what its corners enclose, at any turn', async () => {
    await page.keyboard.press('r');
    await settle(page);
    const [x, y] = await corner();
    await page.locator('button[aria-label="Measure an area (A)"]').click();
    for (const [right, down] of [[0, 0], [200, 0], [200, 120], [0, 120]]) await page.mouse.click(x + right, y + down);
    await page.keyboard.press('Enter');
    await rows().nth(1).waitFor();
    near(await figure(1), 200 * 120 * zoom() ** 2, 'the area');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('button[aria-pressed="true"][aria-label^="Measure"]').count(), 0);
    await page.keyboard.press('u');
    await settle(page);
    await save(page, 'measuring');
  });

  test('dragging moves the slide even while a tool is in hand', async () => {
    const before = shown(page);
    const [x, y] = await corner();
    await page.keyboard.press('l');
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 150, y + 60, { steps: 6 });
    await page.mouse.up();
    await settle(page);
    assert.ok(Number(before.x) - Number(shown(page).x) > 100 * zoom(), 'the slide did not move');
    assert.equal(await rows().count(), 2);
    await page.keyboard.press('Escape');
  });

  test('keys alone measure a line', async () => {
    await page.keyboard.press('l');
    const start = Number(shown(page).x);
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowRight');
    await settle(page);
    await page.keyboard.press('Space');
    await rows().nth(2).waitFor();
    near(await figure(2), Number(shown(page).x) - start, 'the line');
    await page.keyboard.press('Escape');
  });

  test('the list of keys names all of them', async () => {
    await page.keyboard.press('?');
    const dialog = page.locator('dialog.help[open]');
    await dialog.waitFor();
    const words = await dialog.innerText();
    for (const does of ['Measure a line', 'Measure an area', 'Upright again', 'Side by side', 'Copy a link', 'Colours corrected', 'Panel open']) {
      assert.ok(words.includes(does), `${does} is not in the list`);
    }
    assert.ok(!words.includes('move together'), 'it names a key that does nothing here');
    await save(page, 'keys');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  test('measurements stay with the slide, and go when told', async () => {
    const before = [await figure(0), await figure(1), await figure(2)];
    await page.reload();
    await rows().nth(2).waitFor();
    assert.deepEqual([await figure(0), await figure(1), await figure(2)], before);
    await page.locator('button[aria-label="Remove line 3"]').press('Enter');
    await page.locator('button[aria-label="Remove line 1"]').click();
    assert.equal(await rows().count(), 1);
    await page.reload();
    await rows().first().waitFor();
    assert.equal(await figure(0), before[1]);
  });

  test('the way back leads to where a leap began', async () => {
    await settle(page);
    const before = shown(page);
    await page.locator('.section.evidence .tile').first().click();
    await settle(page);
    const tile = shown(page);
    assert.notEqual(tile.zoom, before.zoom);
    await page.goBack();
    await settle(page);
    assert.deepEqual(shown(page), before);
    await page.goForward();
    await settle(page);
    assert.deepEqual(shown(page), tile);
  });

  test('a copied link opens this very place, turn and layer', async () => {
    await page.keyboard.press('Shift+R');
    await page.locator('select[name="layer"]').selectOption('leave_out');
    await page.waitForFunction(() => location.hash.includes('layer=leave_out'));
    await settle(page);
    const before = shown(page);
    await page.keyboard.press('c');
    await page.getByText('Link copied').waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    await page.goto('about:blank');
    await page.goto(link);
    await page.waitForFunction(() => document.querySelector('select[name="layer"]')?.value === 'leave_out');
    await settle(page);
    assert.deepEqual(shown(page), before);
    assert.equal(before.turn, '270');
    assert.match(await page.locator('.readout-place').innerText(), /^middle {2}x [\d\u202f]+ µm {3}y [\d\u202f]+ µm$/);
  });
});
