import { paths } from './api/client';

const CLASS = 'first-view';

/** For how long the rest of the viewer waits for the first view; a slow picture keeps nobody. */
const HEAD_START_MS = 150;

/**
 * Shows a small picture of the whole slide where the slide itself will lie, so that there is something to look at
 * while the viewer and the tiles still load: the one of the list, which the browser may have already. It is asked for
 * at once, and is on the page before the viewer is.
 */
export function beginFirstView(id: string): void {
  const picture = new Image();
  picture.fetchPriority = 'high';
  picture.src = paths.thumbnail(id);
  picture.alt = '';
  const shown = document.createElement('div');
  shown.className = CLASS;
  shown.append(picture);
  const show = () => document.body.append(shown);
  // As soon as the page is read, whether its styles are there or not.
  document.addEventListener('readystatechange', show, { once: true });
  picture.addEventListener('error', () => {
    document.removeEventListener('readystatechange', show);
    shown.remove();
  });
}

/** Settles when the first view is on the screen, or late: starting the viewer takes the one thread that paints. */
export async function firstViewShown(): Promise<void> {
  const picture = document.querySelector<HTMLImageElement>(`.${CLASS} img`);
  if (picture === null) return;
  await Promise.race([onScreen(picture), new Promise((late) => setTimeout(late, HEAD_START_MS))]);
}

/** Lays the picture under the slide that covers it tile by tile. */
export function layFirstView(place: HTMLElement): void {
  const shown = document.querySelector(`.${CLASS}`);
  if (shown !== null) place.prepend(shown);
}

/** All of the slide is there, it was moved, or there is none. */
export function dropFirstView(): void {
  document.querySelector(`.${CLASS}`)?.remove();
}

/** Of a picture that is broken there is nothing to wait for. */
async function onScreen(picture: HTMLImageElement): Promise<void> {
  await picture.decode().catch(() => undefined);
  // The first frame has it drawn, the second begins when that one is shown.
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
}
