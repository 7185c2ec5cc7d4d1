import type { Geometry, Position } from '../api/case-shapes';
import type { Frame } from '../slide/frame';
import type { Overlay } from '../slide/overlays';

const COLOUR = '#ff5ad0';
const POINT_PX = 6;

/** Draws what people drew, and what is being drawn. */
export class AnnotationOverlay implements Overlay {
  shapes: readonly Geometry[] = [];
  /** The corners so far of a polygon. */
  open: readonly Position[] = [];
  /** Where a brush went so far, and how wide it is in pixels of level 0. */
  stroke: { places: readonly Position[]; radius: number } | null = null;

  /** `mpp` turns pixels of level 0 into micrometres. */
  constructor(private readonly mpp: number) {}

  draw(context: CanvasRenderingContext2D, frame: Frame): void {
    frame.drawInPixels(context);
    for (const shape of this.shapes) this.drawShape(context, frame, shape);
    this.drawStroke(context, frame);
    if (this.open.length > 0) {
      context.beginPath();
      this.trace(context, frame, this.open);
      outline(context);
      for (const corner of this.open) this.drawPoint(context, frame, corner);
    }
  }

  private drawShape(context: CanvasRenderingContext2D, frame: Frame, shape: Geometry): void {
    if (shape.type === 'Point') return this.drawPoint(context, frame, shape.coordinates);
    if (shape.type === 'LineString') return this.drawLine(context, frame, shape.coordinates);
    const polygons = shape.type === 'Polygon' ? [shape.coordinates] : shape.coordinates;
    context.beginPath();
    for (const ring of polygons.flat()) this.trace(context, frame, ring);
    context.fillStyle = 'rgb(255 90 208 / 18%)';
    context.fill('evenodd');
    outline(context);
  }

  private drawLine(context: CanvasRenderingContext2D, frame: Frame, places: readonly Position[]): void {
    context.beginPath();
    this.trace(context, frame, places);
    outline(context);
  }

  private drawStroke(context: CanvasRenderingContext2D, frame: Frame): void {
    if (this.stroke === null) return;
    context.beginPath();
    this.trace(context, frame, this.stroke.places);
    context.lineCap = 'round';
    context.lineJoin = 'round';
    context.lineWidth = (2 * this.stroke.radius * this.mpp) / frame.view.um_per_px;
    context.strokeStyle = 'rgb(255 90 208 / 45%)';
    context.stroke();
  }

  private drawPoint(context: CanvasRenderingContext2D, frame: Frame, at: Position): void {
    context.beginPath();
    const [x, y] = this.toWindow(frame, at);
    context.arc(x, y, POINT_PX, 0, 2 * Math.PI);
    outline(context);
  }

  private trace(context: CanvasRenderingContext2D, frame: Frame, places: readonly Position[]): void {
    places.forEach((place, n) => {
      const [x, y] = this.toWindow(frame, place);
      if (n === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    });
  }

  private toWindow(frame: Frame, [x, y]: Position): [number, number] {
    return frame.toWindow(x * this.mpp, y * this.mpp);
  }
}

/** Light on dark, so that it shows on stained tissue, on glass and on black. */
function outline(context: CanvasRenderingContext2D): void {
  context.lineWidth = 4;
  context.strokeStyle = 'rgb(0 0 0 / 60%)';
  context.stroke();
  context.lineWidth = 2;
  context.strokeStyle = COLOUR;
  context.stroke();
}
