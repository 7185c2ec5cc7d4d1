import { paths } from './api/client';

let shown: HTMLElement | null = null;

/**
 * Shows a small picture of the whole slide where the slide itself will lie, so that there is something to look at
 * while the viewer and the tiles still load: the one of the list, which the browser may have already.
 */
export function showFirstView(id: string): void {
  const picture = new Image();
  picture.src = paths.thumbnail(id);
  picture.alt = '';
  picture.addEventListener('error', dropFirstView);
  shown = document.createElement('div');
  shown.className = 'first-view';
  shown.append(picture);
  document.body.append(shown);
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
