// A slide whose label names another case than the one it was pushed into: seen, explained and corrected.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, describe, test } from 'node:test';
import { openViewer, save } from '../browser.mjs';
import { listShown } from '../opening.mjs';

describe('a slide that is not the one', { timeout: 300_000 }, () => {
  let browser;
  let page;
  let problems;
  let base;

  before(async () => {
    ({ browser, page, problems, base } = await openViewer());
    await listShown(page);
    const slide = readFileSync(process.env.LABELLED_SLIDE).toString('base64');
    const status = await page.evaluate(
      async ([url, text]) => {
        const body = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
        return (await fetch(url, { method: 'POST', headers: { 'X-Accession': 'S26-9002' }, body })).status;
      },
      [`${base}/api/v1/slides`, slide],
    );
    assert.equal(status, 201);
  });

  after(() => browser?.close());

  afterEach(() => assert.deepEqual(problems.splice(0), []));

  test('is listed with its label and what everybody says, and goes on once a person has said which it is', async () => {
    const tab = page.locator('.list-tab[data-tab="matching"]');
    await tab.filter({ hasText: 'To be matched (1)' }).waitFor({ timeout: 120_000 });
    await tab.click();
    const match = page.locator('.match');
    await match.locator('.match-label').waitFor();
    assert.equal(await match.locator('.disputed').count(), 2);
    assert.match(await match.innerText(), /S26-9001 A1/);
    assert.equal(await match.getByLabel('Accession').inputValue(), 'S26-9001');
    assert.equal(await match.getByLabel('Block').inputValue(), '1');
    await save(page, 'to-be-matched');
    await match.getByLabel('Reason').fill('pushed by the wrong name');
    await match.getByRole('button', { name: 'This is the slide' }).click();
    await match.waitFor({ state: 'detached' });
    await page.getByText('Every slide is matched.').waitFor();
    await page.locator('.list-tab[data-tab="cases"]').click();
    const right = page.locator('.case', { hasText: 'S26-9001' });
    await right.locator('.case-slide').waitFor();
  });
});
