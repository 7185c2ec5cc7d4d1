// How good a task is of groups of slides: measured, drawn, in numbers, and told of by alerts. After models.test.mjs, on its
// installation.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { violationsOf } from '../axe.mjs';
import { openViewer, save } from '../browser.mjs';
import { listShown } from '../opening.mjs';
import { signSlides } from './signed.mjs';

describe('groups of slides', { timeout: 300_000 }, () => {
  let browser;
  let page;
  let problems;

  before(async () => {
    ({ browser, page, problems } = await openViewer());
    await listShown(page);
    await signSlides(page);
  });

  after(() => browser?.close());

  afterEach(() => assert.deepEqual(problems.splice(0), []));

  const model = () => page.locator('.model[data-state="active"]');
  const groups = () => model().locator('.model-part', { has: page.getByRole('heading', { name: 'Groups of slides' }) });
  const alert = (words) => page.locator('.alert', { hasText: words });
  const row = (measure, group) =>
    groups().locator(`.forest[data-measure="${measure}"] tr`, { has: page.getByRole('rowheader', { name: group, exact: true }) });

  async function openModels(tab) {
    await page.locator(`.list-tab[data-tab="models"]`, { hasText: tab }).click();
    await model().locator('summary').first().click();
    await model().locator('.model-part').nth(3).waitFor();
  }

  test('are measured when somebody asks, and alerts tell of those that fare worse', async () => {
    await openModels('Models');
    await groups().getByText('Nobody has looked yet.').waitFor();
    await groups().getByRole('button', { name: 'Measure now' }).press('Enter');
    await row('sensitivity', 'lung').waitFor({ timeout: 60_000 });
    const words = await groups().innerText();
    assert.match(words, /Of 48 slides that it scored 28 are judged and signed \(58 %\)/);
    await alert('Site lung: Sensitivity').waitFor();
    assert.equal(await groups().getByRole('button', { name: 'Measure now' }).isEnabled(), true);
  });

  test('are drawn beside the whole, with numbers; those too small are named', async () => {
    const measures = await groups().locator('.forest').evaluateAll((tables) => tables.map(({ dataset }) => dataset.measure));
    assert.deepEqual(measures, ['sensitivity', 'specificity', 'auc', 'balanced_accuracy', 'expected_calibration_error']);
    // One of six that are tumours was called so there; all others were called right.
    assert.match(await row('sensitivity', 'lung').innerText(), /lung\s+6\s+0\.17 \(0\.\d\d–0\.\d\d\) worse/);
    assert.match(await row('sensitivity', 'colon').innerText(), /colon\s+6\s+1\.00 \(0\.\d\d–1\.00\)$/);
    assert.match(await row('sensitivity', 'All slides').innerText(), /14\s+0\.64 \(0\.\d\d–0\.\d\d\)/);
    assert.match(await row('sensitivity', 'skin').innerText(), /fewer than ten patients/);
    assert.equal(await row('sensitivity', 'lung').locator('.chart-out').count(), 1);
    assert.equal(await row('sensitivity', 'colon').locator('.chart-out').count(), 0);
    const [whole, lung] = await Promise.all([place('All slides'), place('lung')]);
    assert.ok(lung.x < whole.x, 'a figure that is lower lies further right');
    await groups().locator('summary').click();
    const heads = await groups().locator('details th[scope="col"]').allInnerTexts();
    assert.ok(heads.includes('Brier score'), heads.join());
    await noneIsCut();
    await groups().scrollIntoViewIfNeeded();
    await save(page, 'groups');
  });

  /** What is wider than the page is moved within its own place. */
  async function noneIsCut() {
    const isCut = ({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1;
    assert.equal(await page.locator('.list-place').evaluate(isCut), false, 'the page is too wide');
    const [{ width: outer }, { width: inner }] = await Promise.all([page.locator('.models').boundingBox(), model().boundingBox()]);
    assert.ok(inner <= outer, `a model is ${inner} wide in ${outer}`);
    const [part, table] = await Promise.all([model().boundingBox(), groups().locator('.scrolled-table').boundingBox()]);
    assert.ok(table === null || table.width <= part.width, 'the table pushes its card');
  }

  async function place(group) {
    return row('sensitivity', group).locator('.interval-picture svg > *').boundingBox();
  }

  test('lead to their alerts, and alerts to them', async () => {
    await groups().locator('.gaps li', { hasText: 'Site lung: Sensitivity' }).getByRole('button', { name: 'Its alert' }).press('Enter');
    assert.match(await page.locator('.alert:focus').innerText(), /Site lung: Sensitivity 0\.17, of all slides 0\.64/);
    await model().locator('summary').first().click();
    await alert('Site lung: Sensitivity').getByRole('button', { name: 'Show the groups' }).press('Enter');
    await groups().locator('h4:focus').waitFor();
    await save(page, 'groups-from-alert');
  });

  test('break no rule of accessibility', async () => {
    assert.deepEqual(await violationsOf(page), []);
  });

  test('have room on a telephone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await groups().locator('summary').click();
    await row('sensitivity', 'lung').scrollIntoViewIfNeeded();
    await save(page, 'groups-telephone');
    await page.locator('.alert').first().scrollIntoViewIfNeeded();
    await save(page, 'alerts-telephone');
    await noneIsCut();
    assert.ok((await row('sensitivity', 'lung').locator('.interval-picture').boundingBox()).width > 60);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test('are told of in Chinese', async () => {
    await page.getByRole('button', { name: '中文' }).click();
    await page.locator('html[lang="zh-CN"]').waitFor();
    await openModels('模型');
    const found = model().locator('.model-part', { hasText: '切片分组' });
    await found.locator('.forest').first().waitFor();
    const words = await found.innerText();
    for (const expected of ['灵敏度', '部位', '患者少于十名', '较差', '全部切片', '校准误差（越低越好）']) {
      assert.ok(words.includes(expected), `${expected} in ${words}`);
    }
    assert.deepEqual(words.match(/[A-Za-z]{3,}/g)?.filter((word) => !['AUC', 'lung', 'colon', 'skin', 'Phantom', 'kappa', 'Brier'].includes(word)) ?? [], []);
    assert.deepEqual(await violationsOf(page), []);
    await found.scrollIntoViewIfNeeded();
    await save(page, 'groups-chinese');
  });

  test('stay as they were measured, and an alert is closed', async () => {
    await page.getByRole('button', { name: 'English' }).click();
    await page.locator('html[lang="en"]').waitFor();
    await openModels('Models');
    await alert('Site lung: Sensitivity').getByRole('button', { name: 'Close…' }).click();
    await page.locator('dialog.confirm[open] textarea').fill('the cases were chosen');
    await page.locator('dialog.confirm[open]').getByRole('button', { name: 'Close', exact: true }).click();
    await alert('Site lung: Sensitivity').waitFor({ state: 'detached' });
    await row('sensitivity', 'lung').waitFor();
    const gap = groups().locator('.gaps li', { hasText: 'Site lung: Sensitivity' });
    assert.equal(await gap.getByRole('button').count(), 0);
  });
});
