// Makes the picture in the README: node e2e/screenshot.mjs [FILE]
import { openScoredSlide, openViewer, settle } from './browser.mjs';

const file = process.argv[2] ?? new URL('../../../docs/viewer.png', import.meta.url).pathname;
const { browser, page } = await openViewer({ width: 1600, height: 1000 });
try {
  await openScoredSlide(page);
  await page.locator('.section.evidence .tile').first().click();
  await settle(page);
  await page.keyboard.press('-');
  await page.keyboard.press('-');
  await settle(page);
  await page.locator('.panel').evaluate((panel) => panel.scrollTo(0, 0));
  await page.screenshot({ path: file });
} finally {
  await browser.close();
}
