import { paths } from '../api/client';
import type { Manifest, MicrometreRect } from '../api/shapes';
import { type Content, h } from '../dom';

const PICTURE_PX = 256;

interface TileButton {
  manifest: Manifest;
  rect_um: MicrometreRect;
  /** For the picture, as `Tile 3`. */
  name: string;
  /** In full, where the pointer rests. */
  title: string;
  /** Under the picture. */
  words: Content;
  onclick(): void;
}

/** A tile as a picture that leads to its place. */
export function tileButton({ manifest, rect_um, name, title, words, onclick }: TileButton): HTMLElement {
  return h(
    'button',
    { class: 'tile', 'aria-pressed': 'false', title, onclick },
    h('img', {
      src: paths.region(manifest.slide, tilePixels(rect_um, manifest), PICTURE_PX),
      alt: name,
      width: PICTURE_PX,
      height: PICTURE_PX,
      loading: 'lazy',
      decoding: 'async',
    }),
    h('span', { class: 'tile-words' }, words),
  );
}

/** Presses the chosen one of several tiles, and no other. */
export function press(buttons: readonly HTMLElement[], chosen: number | null): void {
  buttons.forEach((button, position) => button.setAttribute('aria-pressed', String(position === chosen)));
  if (chosen !== null) buttons[chosen]?.scrollIntoView({ block: 'nearest' });
}

/** The tile in whole pixels of level 0, cut off at the slide's edge. */
export function tilePixels(rect: MicrometreRect, { mpp, size }: Manifest): [number, number, number, number] {
  const x = Math.min(Math.max(0, Math.round(rect.x / mpp)), size.width - 1);
  const y = Math.min(Math.max(0, Math.round(rect.y / mpp)), size.height - 1);
  const width = Math.min(Math.round(rect.width / mpp), size.width - x);
  const height = Math.min(Math.round(rect.height / mpp), size.height - y);
  return [x, y, Math.max(1, width), Math.max(1, height)];
}
