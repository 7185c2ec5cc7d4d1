import { paths } from './api/client';

let shown: HTMLElement | null = null;

/** For how long the rest of the viewer waits for the first view; a slow picture keeps nobody. */
const HEAD_START_MS = 150;

/**
 * Shows a small picture of the whole slide where the slide itself will lie, so that there is something to look at
 * while the viewer and the tiles still load: the one of the list, which the browser may have already. Settles when it
 * is on the screen, or late: starting the viewer takes the one thread that paints.
 */
export async function showFirstView(id: string): Promise<void> {
  const picture = new Image();
  picture.src = paths.thumbnail(id);
  picture.alt = '';
  picture.addEventListener('error', dropFirstView);
  shown = document.createElement('div');
  shown.className = 'first-view';
  shown.append(picture);
  document.body.append(shown);
  await Promise.race([onScreen(picture), new Promise((late) => setTimeout(late, HEAD_START_MS))]);
}

/** Lays the picture under the slide that covers it tile by tile. */
export function layFirstView(place: HTMLElement): void {
  if (shown !== null) place.prepend(shown);
}

/** All of the slide is there, it was moved, or there is none. */
export function dropFirstView(): void {
  shown?.remove();
  shown = null;
}

/** Of a picture that is broken there is nothing to wait for. */
async function onScreen(picture: HTMLImageElement): Promise<void> {
  await picture.decode().catch(() => undefined);
  // The first frame has it drawn, the second begins when that one is shown.
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
}
