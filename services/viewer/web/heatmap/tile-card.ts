import { paths } from '../api/client';
import type { Manifest, MicrometreRect } from '../api/shapes';
import { fill, h } from '../dom';
import { tilePixels } from '../panel/tile-button';

const PICTURE_PX = 192;
/** Whoever only passes over a tile does not want its picture. */
const REST_MS = 140;

/** The tile under the pointer: its picture, and what the heatmap holds there. */
export class TileCard {
  private readonly picture = h('img', { alt: '', width: PICTURE_PX, height: PICTURE_PX });
  private readonly words = h('figcaption', {});
  readonly element = h('figure', { class: 'tile-card', hidden: true }, this.picture, this.words);
  private shown = '';
  private timer = 0;

  constructor(private readonly manifest: Manifest) {}

  /** `lines` is what there is to say of the tile. */
  show(rect: MicrometreRect, lines: readonly string[]): void {
    const source = paths.region(this.manifest.slide, tilePixels(rect, this.manifest), PICTURE_PX);
    const wanted = source + lines.join();
    if (wanted === this.shown) return;
    this.shown = wanted;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.picture.src = source;
      fill(this.words, lines.map((line) => h('span', {}, line)));
      this.element.hidden = false;
    }, REST_MS);
  }

  hide(): void {
    clearTimeout(this.timer);
    this.shown = '';
    this.element.hidden = true;
  }
}
