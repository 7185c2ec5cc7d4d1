// What a person sees while a page loads, whoever wrote the page: the browser's own pictures of the screen.

/**
 * A picture counts as the slide when an eighth of its size differs from the last by no more, of 255, and that of none
 * after it does: what is seen and goes away again was not there.
 */
const USEFUL = 4;
/** And as the slide with all its detail when it does not at its full size. */
const SHARP = 2;
/** Of the view, as a share of each side: around it lie the controls, of which one viewer has more than another. */
const MIDDLE = 0.6;

/** Loads `address` and answers when the slide could be read, in milliseconds after the navigation began. */
export async function timeToSee(page, address, { box, until }) {
  const session = await page.context().newCDPSession(page);
  const pictures = [];
  session.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
    pictures.push({ data, at_ms: metadata.timestamp * 1000 });
    session.send('Page.screencastFrameAck', { sessionId }).catch(() => {});
  });
  await session.send('Page.startScreencast', { format: 'jpeg', quality: 90, everyNthFrame: 1 });
  await page.goto(address);
  await until(page);
  await page.waitForTimeout(700);
  await session.send('Page.stopScreencast');
  const began_ms = await page.evaluate(() => performance.timeOrigin);
  const of_load = pictures.filter(({ at_ms }) => at_ms >= began_ms);
  const differences = await compared(page.context(), of_load.map(({ data }) => data), middle(box));
  const first = (isReached) => of_load[differences.findLastIndex((one) => !isReached(one)) + 1].at_ms - began_ms;
  return {
    useful_ms: Math.round(first(({ coarse }) => coarse <= USEFUL)),
    sharp_ms: Math.round(first(({ fine }) => fine <= SHARP)),
    blank: Number(differences[0].coarse.toFixed(1)),
  };
}

function middle({ x, y, width, height }) {
  const margin = (1 - MIDDLE) / 2;
  return { x: x + margin * width, y: y + margin * height, width: MIDDLE * width, height: MIDDLE * height };
}

/** How each picture differs from the last within `box`, in mean levels of 255. */
async function compared(context, pictures, box) {
  const page = await context.newPage();
  try {
    await page.goto('about:blank');
    return await page.evaluate(differences, { pictures, box });
  } finally {
    await page.close();
  }
}

async function differences({ pictures, box }) {
  const decode = async (data, scale) => {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
    const [width, height] = [Math.round(box.width * scale), Math.round(box.height * scale)];
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    context.imageSmoothingQuality = 'high';
    context.drawImage(picture, box.x, box.y, box.width, box.height, 0, 0, width, height);
    picture.close();
    return context.getImageData(0, 0, width, height).data;
  };
  const mean = (one, other) => one.reduce((sum, value, at) => sum + Math.abs(value - other[at]), 0) / one.length;
  const last = { coarse: await decode(pictures.at(-1), 1 / 8), fine: await decode(pictures.at(-1), 1) };
  const found = [];
  for (const picture of pictures) {
    found.push({
      coarse: mean(await decode(picture, 1 / 8), last.coarse),
      fine: mean(await decode(picture, 1), last.fine),
    });
  }
  return found;
}
