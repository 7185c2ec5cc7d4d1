import type { MicrometreRect } from '../api/shapes';
import type { Frame } from './frame';
import type { Overlay } from './overlays';

/** The outline of a tile. */
interface Look {
  colour: string;
  width_px: number;
}

const CHOSEN: Look = { colour: '#ffb000', width_px: 3 };
/** Below this many pixels a tile is marked by a ring, for its square could not be seen. */
const SMALLEST_SQUARE_PX = 14;

export interface MarkedTile {
  rect_um: MicrometreRect;
}

/** Marks tiles in a look of their own, and the chosen one so that it stands out. */
export class TileMarks implements Overlay {
  visible = true;
  /** Position in `tiles`; `null` if none is chosen. */
  chosen: number | null = null;

  constructor(
    readonly tiles: readonly MarkedTile[],
    private readonly look: Look,
  ) {}

  draw(context: CanvasRenderingContext2D, frame: Frame): void {
    const chosen = this.chosen === null ? undefined : this.tiles[this.chosen];
    const others = this.visible ? this.tiles.filter((tile) => tile !== chosen) : [];
    for (const tile of others) drawMark(context, frame, tile, this.look);
    // Last, for tiles that touch share an edge.
    if (chosen !== undefined) drawMark(context, frame, chosen, CHOSEN);
  }
}

function drawMark(
  context: CanvasRenderingContext2D,
  frame: Frame,
  tile: MarkedTile,
  { colour, width_px }: Look,
): void {
  const { rect_um: rect } = tile;
  const pixel = frame.view.um_per_px;
  frame.drawInMicrometres(context, rect.x, rect.y);
  context.beginPath();
  if (rect.width / pixel >= SMALLEST_SQUARE_PX) context.rect(0, 0, rect.width, rect.height);
  else context.arc(rect.width / 2, rect.height / 2, (SMALLEST_SQUARE_PX / 2) * pixel, 0, 2 * Math.PI);
  context.strokeStyle = 'rgb(0 0 0 / 70%)';
  context.lineWidth = (width_px + 2.5) * pixel;
  context.stroke();
  context.strokeStyle = colour;
  context.lineWidth = width_px * pixel;
  context.stroke();
}
