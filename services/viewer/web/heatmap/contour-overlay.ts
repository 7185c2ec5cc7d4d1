import type { Frame } from '../slide/frame';
import type { Overlay } from '../slide/overlays';
import type { Ring } from './contours';

/** A ring smaller than this in the window is a speck that no line can show. */
const SMALLEST_PX = 4;
/** Places of a line nearer to each other than this are drawn as one. */
const FINEST_PX = 1.5;

/** Draws the outlines of regions. */
export class ContourOverlay implements Overlay {
  private rings: readonly Ring[] = [];
  /** As fine as a scale shows them; each is made when it is first drawn at that scale. */
  private paths = new Map<Ring, Path2D>();
  private octave = 0;

  show(rings: readonly Ring[]): void {
    this.rings = rings;
    this.paths.clear();
  }

  draw(context: CanvasRenderingContext2D, frame: Frame): void {
    if (this.rings.length === 0) return;
    const glass = frame.visible();
    const smallest = SMALLEST_PX * frame.view.um_per_px;
    const seen = this.rings.filter(
      (ring) =>
        Math.max(ring.width, ring.height) >= smallest &&
        ring.x < glass.x + glass.width &&
        ring.y < glass.y + glass.height &&
        ring.x + ring.width > glass.x &&
        ring.y + ring.height > glass.y,
    );
    frame.drawInMicrometres(context, 0, 0);
    this.setOctave(Math.floor(Math.log2(frame.view.um_per_px)));
    for (const [colour, width_px] of [['rgb(0 0 0 / 65%)', 4], ['#ffffff', 1.6]] as const) {
      context.strokeStyle = colour;
      context.lineWidth = width_px * frame.view.um_per_px;
      for (const ring of seen) context.stroke(this.path(ring));
    }
  }

  private setOctave(octave: number): void {
    if (octave !== this.octave) this.paths.clear();
    this.octave = octave;
  }

  private path(ring: Ring): Path2D {
    const path = this.paths.get(ring) ?? pathOf(ring, FINEST_PX * 2 ** this.octave);
    this.paths.set(ring, path);
    return path;
  }
}

function pathOf({ places }: Ring, finest_um: number): Path2D {
  const path = new Path2D();
  let [x, y] = [places[0]!, places[1]!];
  path.moveTo(x, y);
  for (let at = 2; at < places.length; at += 2) {
    if (Math.abs(places[at]! - x) + Math.abs(places[at + 1]! - y) < finest_um) continue;
    [x, y] = [places[at]!, places[at + 1]!];
    path.lineTo(x, y);
  }
  path.closePath();
  return path;
}
