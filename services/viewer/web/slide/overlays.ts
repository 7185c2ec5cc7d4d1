import { say } from '../words/say';
import type { Frame } from './frame';

/** Something drawn over the slide. */
export interface Overlay {
  draw(context: CanvasRenderingContext2D, frame: Frame): void;
}

/**
 * One canvas over the whole window on which all overlays are drawn, in step with the slide.
 *
 * It is as large as the window, not as the slide: an element the size of a slide at full zoom would
 * be wider than browsers can lay out.
 */
export class OverlayCanvas {
  readonly canvas = document.createElement('canvas');
  private readonly context: CanvasRenderingContext2D;
  private waiting = false;

  constructor(
    private readonly overlays: readonly Overlay[],
    private readonly frame: () => Frame | null,
  ) {
    const context = this.canvas.getContext('2d');
    if (context === null) throw new Error(say('this browser has no canvas: use a current browser'));
    this.context = context;
    this.canvas.className = 'overlays';
  }

  /** Draws before the next picture, once however often it is called. */
  drawSoon(): void {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.drawNow();
    });
  }

  drawNow(): void {
    const frame = this.frame();
    if (frame === null) return;
    this.fit(frame);
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    for (const overlay of this.overlays) {
      this.context.save();
      overlay.draw(this.context, frame);
      this.context.restore();
    }
  }

  private fit({ window, density }: Frame): void {
    const [width, height] = [Math.round(window.width * density), Math.round(window.height * density)];
    if (this.canvas.width === width && this.canvas.height === height) return;
    this.canvas.width = width;
    this.canvas.height = height;
  }
}
