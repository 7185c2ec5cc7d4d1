// The viewer in Chinese: what people read is Chinese but for names, units and keys, and the rules of WCAG hold.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { violationsOf } from '../axe.mjs';
import { openViewer, save } from '../browser.mjs';
import { ask, listShown, openId, openScoredSlide, settle } from '../opening.mjs';

const ACCESSION = 'Z26-1';
/** The product, its formats, and what is written in Latin letters in Chinese as well. */
const NAMES = ['Coverslip', 'API', 'PDF', 'ISUP', 'Enter', 'Esc', 'Shift'];
const COLORMAPS = ['Viridis', 'Magma', 'Inferno', 'Cividis', 'Turbo', 'Coolwarm'];

describe('the viewer in Chinese', { timeout: 600_000 }, () => {
  let browser;
  let page;
  let problems;

  before(async () => {
    ({ browser, page, problems } = await openViewer());
    await listShown(page);
  });

  after(() => browser?.close());

  afterEach(() => assert.deepEqual(problems.splice(0), []));

  /** Words of Latin letters that people read on the page and that are neither named above nor sent by the server. */
  async function foreignWords(...paths) {
    const answers = await Promise.all(['/me', '/slides', '/worklist', ...paths].map((path) => ask(page, 'GET', path)));
    const sent = new Set([...NAMES, ...COLORMAPS, ...answers.flatMap(strings).flatMap(words)]);
    const read = await page.evaluate(readTexts);
    return read.filter((text) => words(text).some((word) => !sent.has(word)));
  }

  test('is chosen by a button, and stays chosen', async () => {
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    await ask(page, 'POST', '/orders', { accession: ACCESSION, patient: 'P-7', stain: 'H&E', priority: 'urgent' });
    const { slides } = await ask(page, 'GET', '/slides');
    await ask(page, 'PUT', `/slides/${slides[0].id}/case`, { accession: ACCESSION, block: 'A1', stain: 'H&E' });
    const address = page.url();
    await page.getByRole('button', { name: '中文' }).click();
    await page.locator('html[lang="zh-CN"]').waitFor();
    assert.equal(page.url(), address);
    await page.reload();
    await page.getByRole('button', { name: '中文', pressed: true }).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
  });

  test('lists cases', async () => {
    const found = page.locator('.case', { hasText: ACCESSION });
    await found.locator('.case-slide .badge').waitFor();
    const text = await found.innerText();
    for (const word of ['患者 P-7', '加急', '1 张切片，', '未分配', 'A1 · H&E']) assert.ok(text.includes(word), `${word} in ${text}`);
    assert.match(text, /阳性，\d 级[^]+肿瘤，\d 级/);
    assert.match(text, /\d{4}年\d+月\d+日 \d\d:\d\d/);
    await page.waitForFunction(() => [...document.images].every((image) => image.complete));
    assert.deepEqual(await foreignWords(), []);
    assert.deepEqual(await violationsOf(page), []);
    await save(page, 'chinese-worklist');
  });

  test('lists slides', async () => {
    await page.locator('.list-tab[data-tab="slides"]').click();
    await page.locator('.card[data-state="scored"]').first().waitFor();
    assert.deepEqual(await foreignWords(), []);
    assert.deepEqual(await violationsOf(page), []);
  });

  test('shows a slide with its result, its heatmap and what can be said of it', async () => {
    await openScoredSlide(page);
    await page.locator('.section.review button[type="submit"]').first().waitFor();
    const id = openId(page);
    assert.match(await page.locator('.section.result').innerText(), /仅供研究使用，不得用于诊断。/);
    assert.match(await page.locator('.section.heatmap .legend').innerText(), /不是概率/);
    assert.deepEqual(await foreignWords(`/slides/${id}/manifest`, `/slides/${id}/predictions`, `/slides/${id}/annotations`), []);
    assert.deepEqual(await violationsOf(page), []);
    const isCut = ({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1;
    assert.equal(await page.locator('.panel').evaluate(isCut), false, 'the panel is too narrow');
    await save(page, 'chinese-slide');
    await page.locator('.section.heatmap').scrollIntoViewIfNeeded();
    await page.locator('input[name="threshold"]').fill('60');
    await page.locator('.region-buttons button').first().waitFor();
    await settle(page);
    await save(page, 'chinese-heatmap');
  });

  test('lists the keys', async () => {
    await page.keyboard.press('?');
    await page.locator('dialog.help[open]').waitFor();
    assert.match(await page.locator('dialog.help').innerText(), /显示或隐藏热图/);
    assert.deepEqual(await page.locator('dialog.help dd').evaluateAll((all) => all.map(({ textContent }) => textContent).filter((text) => /[a-z]{2}/i.test(text))), []);
    assert.deepEqual(await violationsOf(page), []);
    await save(page, 'chinese-keys');
    await page.keyboard.press('Escape');
  });

  test('has room on a telephone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await settle(page);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(overflow <= 0, `the page is ${overflow} pixels too wide`);
    await save(page, 'chinese-telephone');
  });

  test('gives way to English again, at the same place', async () => {
    const address = page.url();
    await page.getByRole('button', { name: 'English' }).click();
    await page.locator('html[lang="en"]').waitFor();
    await page.locator('.research', { hasText: 'Research use only' }).waitFor();
    assert.equal(new URL(page.url()).hash.split('?')[0], new URL(address).hash.split('?')[0]);
  });
});

/** Latin words of three letters and more: shorter ones are units, axes and parts of names. */
function words(text) {
  return text.match(/[A-Za-z]{3,}/g) ?? [];
}

/** All texts within an answer of the server, without the names of its fields. */
function strings(answer) {
  if (typeof answer === 'string') return [answer];
  return typeof answer === 'object' && answer !== null ? Object.values(answer).flatMap(strings) : [];
}

/** All visible texts, and the attributes that are read out, outside of what is marked as another language or a key. */
function readTexts() {
  const isOther = (element) => element.closest('[lang]:not([lang="zh-CN"]), kbd, .hash') !== null;
  const texts = [];
  for (const element of document.body.querySelectorAll('*')) {
    if (isOther(element) || !element.checkVisibility()) continue;
    for (const name of ['title', 'aria-label', 'placeholder', 'alt']) texts.push(element.getAttribute(name) ?? '');
    for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) texts.push(node.textContent.trim());
  }
  return texts.filter((text) => text !== '');
}
