// Tasks that gave no result of a slide: not told before the first read, then told with their reasons, and gone once they
// answer. `tests/browser/failures` has made the installation, with --first-read; SERVICE_PORT is where the services are to be.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, afterEach, before, describe, test } from 'node:test';
import { violationsOf } from '../axe.mjs';
import { openViewer, save } from '../browser.mjs';
import { heatmapShown, openId, openStage, settle } from '../opening.mjs';

describe('tasks without a result', { timeout: 400_000 }, () => {
  let browser;
  let page;
  let problems;
  let service;
  const asked = [];

  before(async () => {
    ({ browser, page, problems } = await openViewer());
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await openStage(page);
  });

  after(async () => {
    service?.kill();
    await browser?.close();
  });

  afterEach(() => assert.deepEqual(problems.splice(0), []));

  const failures = () => page.locator('.section.failed-tasks');
  const failure = (task) => failures().locator(`[data-task="${task}"]`);

  test('are not told of before the first read, nor asked for', async () => {
    const review = page.locator('.section.review');
    await review.locator('.first-read').waitFor();
    await settle(page);
    assert.equal(await failures().isVisible(), false);
    assert.equal(await page.locator('.failure-notice').isVisible(), false);
    assert.deepEqual(asked.filter((path) => path.endsWith('/task-failures')), []);
    await review.getByLabel('Malignant').check();
    await review.getByRole('button', { name: 'Record impression' }).click();
  });

  test('are named below the result, with why and what happens next', async () => {
    await failures().waitFor();
    await heatmapShown(page);
    assert.equal(await failures().locator('li').count(), 2);
    for (const task of ['partner-tumour 1.0.0', 'partner-second 1.0.0']) {
      const words = await failure(task.split(' ')[0]).innerText();
      for (const expected of [task, 'The service cannot be reached', 'Asked', 'again']) {
        assert.ok(words.includes(expected), `${expected} in ${words}`);
      }
    }
    await page.getByRole('button', { name: '2 tasks without a result' }).press('Enter');
    assert.equal(await page.locator('.section.failed-tasks summary:focus').count(), 1);
    const below = await page.locator('.section.result + .section').getAttribute('class');
    assert.match(below, /failed-tasks/);
    assert.deepEqual(await violationsOf(page), []);
    await save(page, 'failures');
    await page.locator('.panel').evaluate((panel) => panel.scrollTo(0, 0));
    await save(page, 'failures-notice');
  });

  test('are told of in Chinese', async () => {
    await page.getByRole('button', { name: '中文' }).click();
    await page.locator('html[lang="zh-CN"]').waitFor();
    await failures().waitFor();
    assert.match(await failures().innerText(), /没有结果[^]*已询问 \d+ 次[^]*再次询问/);
    assert.equal(await failure('partner-tumour').locator('[lang="en"]').count(), 1);
    await failures().scrollIntoViewIfNeeded();
    await save(page, 'failures-chinese');
    await page.getByRole('button', { name: 'English' }).click();
    await page.locator('html[lang="en"]').waitFor();
    await failures().waitFor();
  });

  test('give way to their results as these come, and what is looked at stays', async () => {
    await heatmapShown(page);
    const shown = page.locator('.section.result', { hasText: 'phantom-tumour 1.0.0' });
    await shown.waitFor();
    service = startService();
    await page.locator('select[name="task"]').waitFor({ timeout: 200_000 });
    assert.deepEqual(await page.locator('select[name="task"] option').allTextContents(), ['partner-tumour', 'phantom-tumour']);
    await shown.waitFor();
    await page.locator('.section.review').getByRole('heading', { name: 'partner-tumour' }).waitFor();
    await failure('partner-tumour').waitFor({ state: 'detached' });
  });

  test('say how to have them asked where they are not asked again', async () => {
    const command = failure('partner-second').locator('code');
    await command.waitFor({ timeout: 100_000 });
    assert.equal(await command.innerText(), `coverslip score ${openId(page)}`);
    const words = await failure('partner-second').innerText();
    assert.match(words, /answer is wrong[^]*not asked again by itself/);
    assert.deepEqual(await violationsOf(page), []);
    await failures().scrollIntoViewIfNeeded();
    await save(page, 'failures-for-good');
    await page.setViewportSize({ width: 390, height: 844 });
    await settle(page);
    await failures().scrollIntoViewIfNeeded();
    const isCut = ({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1;
    assert.equal(await page.locator('.panel').evaluate(isCut), false, 'the panel is too narrow');
    await save(page, 'failures-telephone');
  });
});

/** The example of a service that the project ships. */
function startService() {
  const python = process.env.PYTHON ?? '../../.venv/bin/python';
  const root = '../..';
  const task = `${root}/models/shipped/tasks/phantom-tumour`;
  const words = [`${root}/docs/task-service/service.py`, '--task', task, '--port', process.env.SERVICE_PORT];
  return spawn(python, words, { stdio: ['ignore', 'ignore', 'inherit'] });
}
