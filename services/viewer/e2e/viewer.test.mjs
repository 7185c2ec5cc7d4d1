// What a pathologist does first, against a running server with a scored slide.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { openViewer, save as savePicture, shown } from './browser.mjs';
import { ask, heatmapShown, openId, openScoredSlide, settle } from './opening.mjs';
import { changedShare, difference, differenceMoved, middle, pixels, shareOfColour } from './pixels.mjs';

/** The colour of a chosen tile's outline. */
const MARK = [255, 176, 0];

describe('the viewer', { timeout: 600_000 }, () => {
  let browser;
  let page;
  let problems;
  let base;

  before(async () => {
    ({ browser, page, problems, base } = await openViewer());
  });

  after(() => browser?.close());

  // Any error in the console, failed request or request to another host fails the test it came in.
  afterEach(() => assert.deepEqual(problems.splice(0), []));

  const stage = () => page.locator('.stage-slide');
  const view = () => shown(page);
  const number = (name) => Number(view()[name]);

  const save = (name) => savePicture(page, name);

  /** Where a place in micrometres is in the window. */
  async function onScreen(x_um, y_um) {
    const box = await stage().boundingBox();
    return [
      box.width / 2 + (x_um - number('x')) / number('zoom'),
      box.height / 2 + (y_um - number('y')) / number('zoom'),
    ];
  }

  test('lists slides with their result, live', async () => {
    await page.locator('.connection[data-state="live"]').waitFor();
    const card = page.locator('.card[data-state="scored"]').first();
    await card.locator('.badge').waitFor();
    assert.match(await card.locator('.badge').innerText(), /tumou?r/i);
    await page.waitForFunction(() => [...document.images].every((image) => image.complete));
    const width = await card.locator('.card-picture img').evaluate((image) => image.naturalWidth);
    assert.ok(width > 50, `the thumbnail is ${width} pixels wide`);
    await save('list');
  });

  test('opens a slide and says research use only', async () => {
    await openScoredSlide(page);
    assert.match(await page.locator('.top').innerText(), /research use only/i);
    assert.match(await page.locator('.section.result').innerText(), /research use only/i);
    assert.match(await page.locator('.scale-bar-label').innerText(), /^(1|2|5|10|20|50|100|200|500) (mm|µm|nm)$/);
    await save('slide');
  });

  test('takes a top tile to the middle and outlines it', async () => {
    const before = await middle(page);
    await page.locator('.section.evidence .tile').first().click();
    const now = await middle(page);
    assert.ok(difference(before, now) > 5, 'the view did not move');
    assert.equal(await page.locator('.tile[aria-pressed="true"]').count(), 1);
    const tile = await firstTopTile();
    assert.ok(Math.abs(number('x') - (tile.x + tile.width / 2)) < 1, page.url());
    assert.ok(Math.abs(number('y') - (tile.y + tile.height / 2)) < 1, page.url());
    assert.equal(shareOfColour(before, MARK), 0);
    assert.ok(shareOfColour(now, MARK) > 0.002, 'the tile has no outline');
    await save('tile');
  });

  test('colours the tissue with the heatmap, and takes it away again', async () => {
    await page.locator('.section.evidence .tile').first().focus();
    const shown = await middle(page);
    await page.keyboard.press('h');
    const hidden = await middle(page);
    assert.ok(changedShare(shown, hidden) > 0.3, `${changedShare(shown, hidden)} of the tile changed`);
    assert.equal(await page.locator('button[aria-label="Heatmap (H)"]').getAttribute('aria-pressed'), 'false');
    await page.keyboard.press('h');
    assert.ok(difference(shown, await middle(page)) < 0.5, 'it came back differently');
  });

  test('leaves alone what the model did not look at', async () => {
    await page.keyboard.press('0');
    await settle(page);
    const [x, y] = await onScreen(...(await emptyPlace()));
    const spot = { x: Math.round(x) - 2, y: Math.round(y) - 2, width: 5, height: 5 };
    const shown = await pixels(browser, await stage().screenshot(), spot);
    await page.keyboard.press('h');
    await settle(page);
    const hidden = await pixels(browser, await stage().screenshot(), spot);
    await page.keyboard.press('h');
    assert.ok(difference(shown, hidden) < 0.5, 'glass was coloured');
  });

  test('follows opacity, threshold, layer, colours and range', async () => {
    await page.locator('.section.evidence .tile').first().click();
    const before = await middle(page);
    await page.locator('input[name="opacity"]').fill('100');
    const opaque = await middle(page);
    assert.ok(changedShare(before, opaque) > 0.1, 'opacity changed nothing');
    await page.locator('select[name="colormap"]').selectOption('magma');
    assert.ok(changedShare(opaque, await middle(page)) > 0.1, 'the colour map changed nothing');
    await page.locator('select[name="layer"]').selectOption('tile');
    await page.waitForFunction(() => /if this tile were the whole slide/.test(document.querySelector('.legend').innerText));
    assert.deepEqual(await page.locator('.legend-ticks span').allInnerTexts(), ['0', '0.25', '0.5', '0.75', '1']);
    await page.locator('select[name="layer"]').selectOption('attention');
    await page.waitForFunction(() => /not a probability/.test(document.querySelector('.legend').innerText));
    await page.locator('input[name="threshold"]').fill('200');
    assert.match(await page.locator('.control:has(input[name="threshold"]) output').innerText(), /^≥ /);
    await page.locator('input[name="threshold"]').fill('0');
  });

  test('has a layer of its own for what each tile does to the call, with its figure', async () => {
    await page.locator('.section.evidence .tile').first().click();
    const attention = await middle(page);
    assert.match(await page.locator('.section.heatmap .legend-title').innerText(), /Attention\s+faithfulness/);
    await page.locator('select[name="layer"]').selectOption('leave_out');
    await page.waitForFunction(() => /leaving it out/.test(document.querySelector('.legend').innerText));
    assert.ok(changedShare(attention, await middle(page)) > 0.1, 'another layer is drawn alike');
    const ticks = await page.locator('.legend-ticks span').allInnerTexts();
    assert.equal(ticks.length, 5);
    assert.equal(ticks[2], '0');
    assert.ok(ticks[0].startsWith('−') && ticks[4].startsWith('+'), ticks.join(' '));
    assert.equal(ticks[0].slice(1), ticks[4].slice(1));
    assert.equal(await page.locator('select[name="colormap"]').inputValue(), 'coolwarm');
    const figure = page.locator('.legend .faithfulness');
    assert.match(await figure.innerText(), /faithfulness (−?-?\d\.\d\d|cannot be told)/);
    assert.match(await figure.getAttribute('title'), /no better than a random order/);
    await page.locator('button[aria-label="Whole slide (0)"]').click();
    await settle(page);
    await save('leave-out');
    await page.locator('select[name="layer"]').selectOption('neighbourhood');
    await page.waitForFunction(() => /touch it/.test(document.querySelector('.legend').innerText));
    await page.locator('select[name="layer"]').selectOption('attention');
    await page.waitForFunction(() => /not a probability/.test(document.querySelector('.legend').innerText));
    assert.equal(await page.locator('select[name="colormap"]').inputValue(), 'viridis');
  });

  test('takes a tile that decides the call to the middle', async () => {
    const { evidence } = (await told('/predictions')).predictions[0];
    assert.equal(evidence.decisive.kind, 'smallest_set');
    const tiles = page.locator('.section.decisive .tile');
    assert.equal(await tiles.count(), evidence.decisive.tiles.length);
    await tiles.first().click();
    assert.ok(shareOfColour(await middle(page), MARK) > 0.002, 'the tile has no outline');
    const { rect_um: tile } = evidence.decisive.tiles[0];
    assert.ok(Math.abs(number('x') - (tile.x + tile.width / 2)) < 1, page.url());
    assert.equal(await page.locator('.tile[aria-pressed="true"]').count(), 1);
    await save('decisive');
  });

  test('moves with the mouse', async () => {
    await page.keyboard.press('h');
    const before = await middle(page);
    const box = await stage().boundingBox();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 90, y + 40, { steps: 12 });
    await page.waitForTimeout(200);
    await page.mouse.up();
    const now = await middle(page);
    const still = difference(before, now);
    const moved = differenceMoved(before, now, 90, 40);
    assert.ok(moved < still / 3, `shifted back the pictures differ by ${moved}, as they are by ${still}`);
    await page.keyboard.press('h');
  });

  test('zooms, and the scale follows', async () => {
    await settle(page);
    const [before, picture] = [number('zoom'), await middle(page)];
    await page.keyboard.press('-');
    assert.ok(difference(picture, await middle(page)) > 3, 'the picture did not change');
    assert.ok(Math.abs(number('zoom') / before - 1.5) < 0.01, `${before} to ${number('zoom')}`);
    await page.keyboard.press('6');
    await settle(page);
    assert.ok(Math.abs(number('zoom') - 0.5) < 0.001, `20x is ${number('zoom')} µm a pixel`);
    assert.match(await page.locator('.readout-scale').innerText(), /^20×/);
  });

  test('opens the same view from its link', async () => {
    await page.keyboard.press('r');
    const before = await middle(page);
    const link = page.url();
    assert.equal(view().turn, '90');
    await page.goto('about:blank');
    await page.goto(link);
    await heatmapShown(page);
    // The settings of the heatmap are not part of the link.
    await page.locator('input[name="opacity"]').fill('100');
    const now = await middle(page);
    await save('link');
    const differs = changedShare(before, now, 40);
    assert.ok(differs < 0.06, `${differs} of the view differs`);
  });

  test('asks to log in again when the session is over', async () => {
    const context = await browser.newContext();
    const stranger = await context.newPage();
    // The page itself needs a session too, so it is loaded with one that then ends.
    await context.addCookies(await page.context().cookies());
    await stranger.goto(base);
    await stranger.locator('.card').first().waitFor();
    await context.clearCookies();
    await stranger.locator('.card .card-link').first().click();
    await stranger.locator('dialog.session-over[open]').waitFor({ timeout: 20_000 });
    assert.match(await stranger.locator('dialog.session-over').innerText(), /login link/);
    await context.close();
  });

  /** What the server itself says of the slide that is open. */
  function told(path) {
    return ask(page, 'GET', `/slides/${openId(page)}${path}`);
  }

  async function firstTopTile() {
    return (await told('/predictions')).predictions[0].top_tiles[0].rect_um;
  }

  /** A place in micrometres with no value in any neighbouring cell. */
  async function emptyPlace() {
    const { task } = (await told('/predictions')).predictions[0];
    const grid = await told(`/heatmaps/${task.id}/attention.json`);
    const values = new Float32Array(new Uint8Array(Buffer.from(grid.values, 'base64')).buffer);
    const isEmpty = (column, row) => Number.isNaN(values[row * grid.columns + column]);
    for (let row = 1; row < grid.rows - 1; row += 1) {
      for (let column = 1; column < grid.columns - 1; column += 1) {
        const around = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => [column + dx, row + dy]));
        if (around.every((cell) => isEmpty(...cell))) return [(column + 0.5) * grid.cell_um, (row + 0.5) * grid.cell_um];
      }
    }
    throw new Error('every tile of the slide was looked at: use a slide with glass');
  }
});
