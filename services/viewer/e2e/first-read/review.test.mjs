// What a pathologist does with a case, against a server with --first-read and a scored slide.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { openViewer, save } from '../browser.mjs';
import { ask, heatmapShown, openId, settle } from '../opening.mjs';

const ACCESSION = 'S26-4711';

describe('reading a case', { timeout: 180_000 }, () => {
  let browser;
  let page;
  let problems;

  before(async () => {
    ({ browser, page, problems } = await openViewer());
    await page.locator('.card[data-state="scored"]').first().waitFor();
    const { slides } = await ask(page, 'GET', '/slides');
    await ask(page, 'POST', '/orders', { accession: ACCESSION, patient: 'P-7', stain: 'H&E', priority: 'urgent' });
    await ask(page, 'PUT', `/slides/${slides[0].id}/case`, { accession: ACCESSION, block: 'A1', stain: 'H&E' });
  });

  after(() => browser?.close());

  // Any error in the console, failed request or request to another host fails the test it came in: the
  // page asks for nothing of the AI before it may.
  afterEach(() => assert.deepEqual(problems.splice(0), []));

  const review = () => page.locator('.section.review');
  const ofHistory = (words) => review().locator('.history li', { hasText: words });

  /** The middle of the slide, and places so many pixels from it. */
  async function places(...offsets) {
    const box = await page.locator('.stage-slide').boundingBox();
    return offsets.map(([dx, dy]) => [box.x + box.width / 2 + dx, box.y + box.height / 2 + dy]);
  }

  test('shows the case as it comes, without the AI', async () => {
    const found = page.locator('.case');
    await found.locator('.case-slide').waitFor();
    const words = await found.innerText();
    for (const word of [ACCESSION, 'Patient P-7', 'Urgent', 'First read needed', 'A1 · H&E', 'Ready for your first read']) {
      assert.ok(words.includes(word), `${word} in ${words}`);
    }
    assert.equal(await page.locator('.case .badge.positive, .case .badge.negative').count(), 0);
    await page.waitForFunction(() => [...document.images].every((image) => image.complete && image.naturalWidth > 0));
    await save(page, 'worklist');
  });

  test('finds a case by its accession, which is in no address', async () => {
    const field = page.getByLabel('Find by accession');
    await field.fill('S26-9');
    await page.locator('.worklist .list-foot', { hasText: 'No case' }).waitFor();
    await field.fill('s26-47');
    await page.locator('.case').waitFor();
    assert.ok(!page.url().includes('4711') && !page.url().toLowerCase().includes('s26'));
    await field.fill('');
  });

  test('filters, and follows what others do', async () => {
    await page.getByLabel('Whose').selectOption('mine');
    await page.locator('.worklist .list-foot', { hasText: 'No case' }).waitFor();
    await page.getByLabel('Whose').selectOption('nobody');
    await page.locator('.case').waitFor();
    const { cases } = await ask(page, 'GET', '/worklist');
    await ask(page, 'PUT', `/cases/${cases[0].id}/assignee`, { assignee: 'Dr. Koch' });
    await page.locator('.case').waitFor({ state: 'detached' });
    await page.getByLabel('Whose').selectOption('everyone');
    await page.locator('.case-assignee', { hasText: 'With Dr. Koch' }).waitFor();
    await page.getByRole('button', { name: 'Take it' }).click();
    await page.locator('.case-assignee', { hasText: 'With local user' }).waitFor();
  });

  test('opens a slide by the keyboard, and asks for the first read', async () => {
    await page.locator('.top').click();
    await page.keyboard.press('j');
    await page.locator('.case-slide:focus').waitFor();
    await page.keyboard.press('Enter');
    await review().locator('.first-read').waitFor();
    await page.locator('.section.waiting').waitFor();
    await settle(page);
    assert.equal(await page.locator('.section.result .call, .section.heatmap, .section.evidence').count(), 0);
    assert.equal(await page.getByRole('button', { name: 'Sign case…' }).count(), 0);
    assert.equal(await page.locator('.report-link').count(), 0);
    await save(page, 'first-read');
  });

  test('shows the AI once the impression is on record', async () => {
    await review().getByLabel('Malignant').check();
    await review().getByLabel('Remarks').fill('crowded glands');
    await review().getByRole('button', { name: 'Record impression' }).click();
    await page.locator('.section.result .call').waitFor();
    await heatmapShown(page);
    await ofHistory('First read: malignant').waitFor();
    await settle(page);
    await save(page, 'after-first-read');
  });

  test('accepts the result, then overrides it with a reason', async () => {
    await review().getByRole('button', { name: 'Accept result' }).click();
    await ofHistory('Accepted: Tumour').waitFor();
    await review().locator('.override > summary').click();
    const form = review().locator('.override-form');
    await form.getByLabel('Finding').fill('benign');
    await form.getByLabel('Positive', { exact: true }).uncheck();
    await form.getByLabel('Reason').selectOption('false_positive');
    await form.getByLabel('Why').fill('crush artefact');
    await form.getByRole('button', { name: 'Override' }).click();
    await ofHistory('Overridden: Benign (false positive)').waitFor();
    assert.equal(await review().locator('.history .amended', { hasText: 'Accepted: Tumour' }).count(), 1);
    await review().locator('.case-block .badge.negative').waitFor();
  });

  test('draws a point, a polygon and with a brush, and keeps them', async () => {
    const drawing = page.locator('.section.drawing');
    const drawn = drawing.locator('.annotations li');
    const [point, ...corners] = await places([-200, -120], [-80, -120], [60, -120], [60, 20], [-80, 20]);
    await drawing.getByRole('button', { name: 'Point' }).click();
    await page.mouse.click(...point);
    await drawn.nth(0).waitFor();
    await drawing.getByRole('button', { name: 'Polygon' }).click();
    for (const corner of corners) await page.mouse.click(...corner);
    await page.keyboard.press('Enter');
    await drawn.nth(1).waitFor();
    await drawing.getByRole('button', { name: 'Brush' }).click();
    const [from, to] = await places([-150, 120], [150, 160]);
    await page.mouse.move(...from);
    await page.mouse.down();
    await page.mouse.move(...to, { steps: 10 });
    await page.mouse.up();
    await drawn.nth(2).waitFor();
    await page.keyboard.press('Escape');
    assert.deepEqual(await drawn.locator('span:first-child').allInnerTexts(), ['Point', 'Region', 'Painted region']);
    const { features } = await ask(page, 'GET', `/slides/${openId(page)}/annotations`);
    assert.deepEqual(features.map(({ geometry }) => geometry.type), ['Point', 'Polygon', 'MultiPolygon']);
    await settle(page);
    await save(page, 'annotations');
    await page.reload();
    await drawn.nth(2).waitFor();
    await drawn.nth(0).getByRole('button', { name: 'Remove' }).click();
    await drawn.nth(2).waitFor({ state: 'detached' });
  });

  test('signs the case after asking once more', async () => {
    await review().getByRole('button', { name: 'Sign case…' }).click();
    const dialog = page.locator('dialog.sign-dialog');
    assert.match(await dialog.innerText(), /final in your name/);
    await dialog.getByRole('button', { name: 'Not yet' }).click();
    await dialog.waitFor({ state: 'detached' });
    await review().getByRole('button', { name: 'Sign case…' }).click();
    await dialog.getByLabel('Statement').fill('no tumour in this block');
    await save(page, 'sign');
    await dialog.getByRole('button', { name: 'Sign', exact: true }).click();
    await review().locator('.case-state', { hasText: 'Signed by local user' }).waitFor();
  });

  test('reports the case as it was signed', async () => {
    const link = review().getByRole('link', { name: 'Case report', exact: true });
    const [report] = await Promise.all([page.waitForEvent('popup'), link.click()]);
    await report.waitForLoadState();
    const words = await report.locator('body').innerText();
    const expected = [
      ACCESSION,
      'P-7',
      'Version 1, by local user',
      'no tumour in this block',
      'First read, before the AI was shown: malignant',
      'overridden, Benign (false positive)',
      'crush artefact',
      'Painted region',
      'A1 · H&E, 1 of 1: Result of phantom-tumour',
    ];
    for (const word of expected) assert.ok(words.includes(word), `${word} in ${words}`);
    assert.ok(!words.includes('PRELIMINARY'));
    if (process.env.SCREENSHOTS) {
      await report.screenshot({ path: `${process.env.SCREENSHOTS}/case-report.png`, fullPage: true });
    }
    await report.close();
  });

  test('finds the case among those that are signed', async () => {
    await page.locator('.brand').click();
    await page.locator('.worklist .list-foot', { hasText: 'No case' }).waitFor({ state: 'attached' });
    await page.locator('.list-tab[data-tab="cases"]').click();
    await page.getByLabel('State').selectOption('signed');
    await page.locator('.case[data-state="signed"]', { hasText: 'Signed by local user' }).waitFor();
    await page.locator('.case .badge.negative').first().waitFor();
    await save(page, 'signed');
  });
});
