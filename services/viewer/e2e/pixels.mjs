// What a screenshot shows, in numbers. The browser decodes it, in a page of its own.
import { settle } from './opening.mjs';

/** Pixels of a PNG inside `box` (all of it if absent): { width, height, data } as RGBA. */
export async function pixels(browser, png, box) {
  const page = await browser.newPage();
  try {
    const { width, height, text } = await page.evaluate(decode, { base64: png.toString('base64'), box });
    return { width, height, data: Buffer.from(text, 'base64') };
  } finally {
    await page.close();
  }
}

/** A part of the slide that no button, scale bar or navigator covers, once it lies still. */
export async function middle(page) {
  await settle(page);
  const stage = page.locator('.stage-slide');
  const { width, height } = await stage.boundingBox();
  const box = { x: Math.round(width / 2 - 150), y: Math.round(height / 2 - 150), width: 300, height: 300 };
  return pixels(page.context().browser(), await stage.screenshot(), box);
}

async function decode({ base64, box }) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes]));
  const { x, y, width, height } = box ?? { x: 0, y: 0, width: bitmap.width, height: bitmap.height };
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(bitmap, -x, -y);
  const { data } = context.getImageData(0, 0, width, height);
  let text = '';
  for (let at = 0; at < data.length; at += 30000) text += String.fromCharCode(...data.subarray(at, at + 30000));
  return { width, height, text: btoa(text) };
}

/** Mean absolute difference of two pictures of one size, from 0 to 255. */
export function difference(a, b) {
  let sum = 0;
  for (let at = 0; at < a.data.length; at += 1) sum += Math.abs(a.data[at] - b.data[at]);
  return sum / ((a.data.length / 4) * 3);
}

/** The share of pixels that differ by more than a JPEG's noise. */
export function changedShare(a, b, tolerance = 12) {
  let changed = 0;
  for (let at = 0; at < a.data.length; at += 4) {
    const largest = Math.max(...[0, 1, 2].map((channel) => Math.abs(a.data[at + channel] - b.data[at + channel])));
    if (largest > tolerance) changed += 1;
  }
  return changed / (a.data.length / 4);
}

/** The means of squares of so many pixels: how a slide is sharpened or softened no longer counts. */
export function coarse({ width, height, data }, side) {
  const [columns, rows] = [Math.floor(width / side), Math.floor(height / side)];
  const means = Buffer.alloc(columns * rows * 4, 255);
  for (let cell = 0; cell < columns * rows; cell += 1) {
    const [left, top] = [(cell % columns) * side, Math.floor(cell / columns) * side];
    for (let channel = 0; channel < 3; channel += 1) {
      let sum = 0;
      for (let at = 0; at < side * side; at += 1) {
        sum += data[((top + Math.floor(at / side)) * width + left + (at % side)) * 4 + channel];
      }
      means[cell * 4 + channel] = Math.round(sum / (side * side));
    }
  }
  return { width: columns, height: rows, data: means };
}

/** The difference of two pictures where one is moved by `dx`, `dy`, over what both then show. */
export function differenceMoved(a, b, dx, dy) {
  let sum = 0;
  let count = 0;
  for (let y = Math.max(0, dy); y < Math.min(a.height, a.height + dy); y += 1) {
    for (let x = Math.max(0, dx); x < Math.min(a.width, a.width + dx); x += 1) {
      const here = (y * a.width + x) * 4;
      const there = ((y - dy) * a.width + (x - dx)) * 4;
      for (let channel = 0; channel < 3; channel += 1) {
        sum += Math.abs(b.data[here + channel] - a.data[there + channel]);
        count += 1;
      }
    }
  }
  return sum / count;
}

/** The share of pixels that have this colour, near enough. */
export function shareOfColour(picture, colour, tolerance = 6) {
  let found = 0;
  for (let at = 0; at < picture.data.length; at += 4) {
    if (colour.every((value, channel) => Math.abs(picture.data[at + channel] - value) <= tolerance)) found += 1;
  }
  return found / (picture.data.length / 4);
}
