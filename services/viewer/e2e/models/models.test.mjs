// Which models there are, whether they are as they were, and what a person does about it. `tests/browser/models` has
// made the installation: slides of two scanners, one of which sees too little red, and a second version in shadow.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { violationsOf } from '../axe.mjs';
import { openViewer, save } from '../browser.mjs';

describe('models', { timeout: 300_000 }, () => {
  let browser;
  let page;
  let problems;

  const model = (state) => page.locator(`.model[data-state="${state}"]`);
  const dialog = () => page.locator('dialog.confirm[open]');

  before(async () => {
    ({ browser, page, problems } = await openViewer());
  });

  after(() => browser?.close());

  test('an alert tells of the scanner that sees otherwise, and of no other', async () => {
    await page.getByRole('tab', { name: 'Models' }).click();
    await page.locator('.alert').first().waitFor();
    const alerts = await page.locator('.alert-words').allTextContents();
    assert.equal(alerts.length, 1, alerts.join());
    assert.match(alerts[0], /^Phantom 2: the slides of \d{4}-W\d\d look unlike/);
    assert.match(await page.locator('.alert .hint').textContent(), /Seen by local user/);
  });

  test('the active version shows its drift by scanner, in charts and in numbers', async () => {
    await model('active').locator('summary').first().press('Enter');
    const scanners = model('active').locator('.drift-scanner');
    await scanners.nth(1).waitFor();
    assert.deepEqual(await scanners.locator('h4').allTextContents(), ['Phantom 1', 'Phantom 2']);
    assert.equal(await scanners.nth(0).locator('.chart-out').count(), 0);
    // Its slides lie apart, and the task gives no answer to them.
    assert.equal(await scanners.nth(1).locator('.chart-out').count(), 2);
    await scanners.nth(1).locator('summary').click();
    await scanners.nth(1).locator('table').waitFor();
    await save(page, 'models');
  });

  test('the version in shadow shows what it would change and whether it meets its criteria', async () => {
    await model('shadow').locator('summary').first().click();
    await model('shadow').getByText('It meets its criteria.').waitFor();
    await model('shadow').getByText('Beside the version that is shown').waitFor();
  });

  test('nothing breaks a rule of accessibility', async () => {
    assert.deepEqual(await violationsOf(page), []);
  });

  test('an alert is closed with a reason, by keys alone', async () => {
    await page.locator('.alert button').focus();
    await page.keyboard.press('Enter');
    await dialog().waitFor();
    assert.deepEqual(await violationsOf(page), []);
    await page.keyboard.type('the lamp was replaced');
    await save(page, 'models-close');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('No alert is open.').waitFor();
  });

  test('a person promotes the version in shadow, and rolls it back', async () => {
    await model('shadow').getByRole('button', { name: 'Promote…' }).click();
    await dialog().locator('textarea').fill('it is better');
    await dialog().getByRole('button', { name: 'Promote' }).click();
    await model('retired').waitFor();
    assert.match(await model('active').locator('h3').textContent(), /2\.0\.0$/);
    await model('active').getByRole('button', { name: 'Roll back…' }).click();
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    assert.match(await model('active').locator('h3').textContent(), /2\.0\.0$/);
    await model('active').getByRole('button', { name: 'Roll back…' }).click();
    await dialog().locator('textarea').fill('it misses everything');
    await dialog().getByRole('button', { name: 'Roll back' }).click();
    await page.locator('.model[data-state="active"] h3', { hasText: '1.0.0' }).waitFor();
    await model('shadow').waitFor();
  });

  test('nothing went wrong behind the page', () => {
    assert.deepEqual(problems, []);
  });
});
