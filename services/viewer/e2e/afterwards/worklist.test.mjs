// A worklist that is longer than a page.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { openViewer, save } from '../browser.mjs';
import { ask, listShown } from '../opening.mjs';

/** The server gives a hundred cases at a time. */
const N_CASES = 103;

describe('a long worklist', { timeout: 300_000 }, () => {
  let browser;
  let page;
  let problems;

  before(async () => {
    ({ browser, page, problems } = await openViewer());
    await listShown(page);
    for (let at = 0; at < N_CASES; at += 1) await order(`L26-${at}`, 'routine');
  });

  after(() => browser?.close());

  afterEach(() => assert.deepEqual(problems.splice(0), []));

  const order = (accession, priority) => ask(page, 'POST', '/orders', { accession, patient: 'P-7', stain: 'H&E', priority });

  test('shows older cases when asked to, and keeps them when something changes', async () => {
    await page.reload();
    await page.locator('.list-tab[data-tab="cases"]').click();
    const older = page.locator('.worklist').getByRole('button', { name: 'Show older cases' });
    await older.waitFor();
    assert.equal(await page.locator('.case').count(), 100);
    await older.scrollIntoViewIfNeeded();
    await save(page, 'older-cases');
    await older.click();
    await page.locator('.case', { hasText: 'L26-0' }).waitFor();
    await older.waitFor({ state: 'detached' });
    const n_shown = await page.locator('.case').count();
    assert.ok(n_shown >= N_CASES, `${n_shown} cases`);
    await save(page, 'long-worklist');
    await order('L26-new', 'stat');
    await page.locator('.case', { hasText: 'L26-new' }).waitFor();
    assert.equal(await page.locator('.case').count(), n_shown + 1);
  });
});
