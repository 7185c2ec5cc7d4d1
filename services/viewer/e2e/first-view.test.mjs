// A slide is seen before the viewer has loaded, by the script in the page itself.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openViewer } from './browser.mjs';
import { openScoredSlide, settle } from './opening.mjs';

describe('the first view', { timeout: 120_000 }, () => {
  let browser;
  let page;
  let problems;
  /** For what the viewer's files wait. */
  let held = Promise.resolve();

  before(async () => {
    ({ browser, page, problems } = await openViewer());
    await openScoredSlide(page);
    await page.route(/\/assets\/(application|index)-[^/]*\.js$/, (route) => held.then(() => route.continue()));
  });

  after(() => browser?.close());

  const picture = () => page.locator('.first-view img');

  /** Loads the slide's page while the viewer itself does not come; gives what lets it come. */
  async function loadWithoutViewer() {
    let release;
    held = new Promise((resolve) => (release = resolve));
    await page.reload({ waitUntil: 'commit' });
    return release;
  }

  test('shows the whole slide before the viewer is there, and leaves when the slide is', async () => {
    await page.evaluate(() => history.replaceState(null, '', location.hash.split('?')[0]));
    const release = await loadWithoutViewer();
    await picture().waitFor();
    assert.ok(await picture().evaluate((image) => image.decode().then(() => image.naturalWidth)));
    assert.equal(await page.locator('.stage-slide').count(), 0, 'the viewer is there already');
    release();
    await settle(page);
    assert.equal(await picture().count(), 0);
    assert.deepEqual(problems.splice(0), []);
  });

  test('is not there for a link to a place', async () => {
    const { hash } = new URL(page.url());
    assert.match(hash, /x=/);
    const release = await loadWithoutViewer();
    await page.waitForFunction(() => document.readyState === 'interactive');
    assert.equal(await picture().count(), 0);
    release();
    await settle(page);
    assert.deepEqual(problems.splice(0), []);
  });
});
