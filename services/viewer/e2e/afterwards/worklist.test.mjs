// A worklist that is longer than a page.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { openViewer, save } from '../browser.mjs';

/** The server gives a hundred cases at a time. */
const N_CASES = 103;

describe('a long worklist', { timeout: 300_000 }, () => {
  let browser;
  let page;
  let problems;
  let base;

  before(async () => {
    ({ browser, page, problems, base } = await openViewer());
    await page.locator('.card, .case').first().waitFor();
    for (let at = 0; at < N_CASES; at += 1) await order(`L26-${at}`, 'routine');
  });

  after(() => browser?.close());

  afterEach(() => assert.deepEqual(problems.splice(0), []));

  /** As the page itself asks; the answer is the order's status. */
  async function order(accession, priority) {
    const body = JSON.stringify({ accession, patient: 'P-7', stain: 'H&E', priority });
    const status = await page.evaluate(
      async ([url, init]) => (await fetch(url, init)).status,
      [`${base}/api/v1/orders`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body }],
    );
    assert.equal(status, 201);
  }

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
