import type { Frame } from '../slide/frame';
import type { Overlay } from '../slide/overlays';
import type { Draft } from './draft';
import { area_um2, length_um, type Measurement, type Place } from './measurement';
import { formatLength, formatSurface } from '../units/length';

const COLOUR = '#ffe14d';
const CHOSEN_COLOUR = '#ffb000';
const KNOB_PX = 4;
const CROSS_PX = 12;
const FONT = '600 13px system-ui, sans-serif';

/** Draws what was measured, and what is being measured up to where the pointer is. */
export class MeasureOverlay implements Overlay {
  measurements: readonly Measurement[] = [];
  chosen: Measurement | null = null;
  draft: Draft | null = null;
  /** Where the next place would be; `null` while the pointer is elsewhere. */
  aim: Place | null = null;
  /** Whether a cross shows the middle of the window, where a key places. */
  showsCross = false;

  draw(context: CanvasRenderingContext2D, frame: Frame): void {
    frame.drawInPixels(context);
    for (const measurement of this.measurements) {
      drawMeasurement(context, frame, measurement, measurement === this.chosen ? CHOSEN_COLOUR : COLOUR);
    }
    if (this.draft !== null) drawDraft(context, frame, this.draft, this.aim);
    if (this.showsCross) drawCross(context, frame);
  }
}

function drawDraft(context: CanvasRenderingContext2D, frame: Frame, draft: Draft, aim: Place | null): void {
  const places = aim === null ? draft.places : [...draft.places, aim];
  if (draft.places.length === 0) return;
  drawMeasurement(context, frame, { kind: draft.kind, places }, COLOUR);
}

function drawMeasurement(
  context: CanvasRenderingContext2D,
  frame: Frame,
  measurement: Measurement,
  colour: string,
): void {
  const corners = measurement.places.map(([x, y]) => frame.toWindow(x, y));
  context.beginPath();
  corners.forEach(([x, y], at) => (at === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
  if (measurement.kind === 'area') context.closePath();
  strokeTwice(context, colour);
  for (const [x, y] of corners) {
    context.beginPath();
    context.arc(x, y, KNOB_PX, 0, 2 * Math.PI);
    context.fillStyle = colour;
    context.fill();
  }
  if (corners.length > 1) drawLabel(context, corners, label(measurement));
}

function label(measurement: Measurement): string {
  if (measurement.kind === 'line') return formatLength(length_um(measurement));
  return measurement.places.length < 3 ? '' : formatSurface(area_um2(measurement.places));
}

/** Colour on black, so that it shows on stained tissue and on glass. */
function strokeTwice(context: CanvasRenderingContext2D, colour: string): void {
  context.lineJoin = 'round';
  context.strokeStyle = 'rgb(0 0 0 / 70%)';
  context.lineWidth = 4.5;
  context.stroke();
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.stroke();
}

function drawLabel(context: CanvasRenderingContext2D, corners: readonly [number, number][], words: string): void {
  if (words === '') return;
  const x = corners.reduce((sum, [corner]) => sum + corner, 0) / corners.length;
  const y = corners.reduce((sum, [, corner]) => sum + corner, 0) / corners.length;
  context.font = FONT;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const width = context.measureText(words).width + 14;
  context.fillStyle = 'rgb(20 20 20 / 85%)';
  context.beginPath();
  context.roundRect(x - width / 2, y - 11, width, 22, 4);
  context.fill();
  context.fillStyle = '#fff';
  context.fillText(words, x, y + 0.5);
}

function drawCross(context: CanvasRenderingContext2D, { window: { width, height } }: Frame): void {
  const [x, y] = [width / 2, height / 2];
  context.beginPath();
  context.moveTo(x - CROSS_PX, y);
  context.lineTo(x + CROSS_PX, y);
  context.moveTo(x, y - CROSS_PX);
  context.lineTo(x, y + CROSS_PX);
  strokeTwice(context, COLOUR);
}
