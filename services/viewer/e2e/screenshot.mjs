// Makes the pictures of the README, of the first slide that has a result:
// node e2e/screenshot.mjs VIEWER [REPORT [VIEWER_IN_CHINESE]]
import { openViewer } from './browser.mjs';
import { heatmapShown, openScoredSlide, settle } from './opening.mjs';

const [viewer, report, chinese] = process.argv.slice(2);
if (viewer === undefined) throw new Error('say where to save the picture of the viewer, and where those of a report and in Chinese');
const { browser, page } = await openViewer({ width: 1600, height: 1000 });
try {
  await openScoredSlide(page);
  if (report !== undefined) await pictureReport(report);
  await pictureSlide(viewer);
  if (chinese !== undefined) {
    await page.getByRole('button', { name: '中文' }).click();
    await page.locator('html[lang="zh-CN"]').waitFor();
    await heatmapShown(page);
    await pictureSlide(chinese);
  }
} finally {
  await browser.close();
}

/** The tile that weighed most, with what lies around it. */
async function pictureSlide(path) {
  await page.locator('.section.evidence .tile').first().click();
  await settle(page);
  await page.keyboard.press('-');
  await page.keyboard.press('-');
  await settle(page);
  await page.locator('.panel').evaluate((panel) => panel.scrollTo(0, 0));
  await page.screenshot({ path });
}

/** Its first part: what was found, and the slide under its heatmap. */
async function pictureReport(path) {
  const link = page.getByRole('link', { name: 'Slide report', exact: true });
  const [opened] = await Promise.all([page.waitForEvent('popup'), link.click()]);
  await opened.setViewportSize({ width: 1000, height: 1250 });
  await opened.waitForLoadState();
  await opened.screenshot({ path });
  await opened.close();
}
