import type { Manifest, MicrometreRect, Prediction } from '../api/shapes';
import { leavesFigures } from '../panel/abstention';
import { DecisiveSection, decisiveTiles } from '../panel/decisive';
import { Evidence } from '../panel/evidence';
import type { Frame } from './frame';
import type { Overlay } from './overlays';
import { TileMarks } from './tile-marks';

const TOP_TILES = { colour: '#ffffff', width_px: 1.5 };
const DECISIVE_TILES = { colour: '#00e5ff', width_px: 3 };

/** Tiles a reader can go to: their marks on the slide, and their pictures in the panel. */
interface TileList {
  marks: TileMarks;
  pictures: Evidence | DecisiveSection;
}

/** The tiles a result points at: those that weighed most, and those that decide. */
export class TileLists implements Overlay {
  private readonly top: TileList;
  private readonly decisive: TileList | null;

  constructor(
    manifest: Manifest,
    prediction: Prediction,
    private readonly onChoose: (rect: MicrometreRect) => void,
  ) {
    this.top = this.topTiles(manifest, prediction);
    this.decisive = this.decisiveTiles(manifest, prediction);
  }

  /** For the panel. */
  get elements(): (HTMLElement | undefined)[] {
    return [this.decisive?.pictures.element, this.top.pictures.element];
  }

  set visible(visible: boolean) {
    for (const list of this.all()) list.marks.visible = visible;
  }

  /** Goes on through the tiles that weighed most. */
  step(steps: number): void {
    const n_tiles = this.top.marks.tiles.length;
    if (n_tiles === 0) return;
    const chosen = this.top.marks.chosen ?? (steps > 0 ? -1 : n_tiles);
    this.choose(this.top, (chosen + steps + n_tiles) % n_tiles);
  }

  draw(context: CanvasRenderingContext2D, frame: Frame): void {
    const lists = this.all();
    // A tile may be in both lists: the chosen outline is drawn over the other.
    if (this.top.marks.chosen !== null) lists.reverse();
    for (const { marks } of lists) marks.draw(context, frame);
  }

  private all(): TileList[] {
    return this.decisive === null ? [this.top] : [this.top, this.decisive];
  }

  /** Goes to a tile of a list; it is then the only one chosen. */
  private choose(list: TileList, position: number): void {
    const tile = list.marks.tiles[position];
    if (tile === undefined) return;
    for (const other of this.all()) {
      other.marks.chosen = other === list ? position : null;
      other.pictures.setChosen(other.marks.chosen);
    }
    this.onChoose(tile.rect_um);
  }

  private topTiles(manifest: Manifest, prediction: Prediction): TileList {
    const list: TileList = {
      marks: new TileMarks(prediction.top_tiles, TOP_TILES),
      pictures: new Evidence(manifest, prediction, (position) => this.choose(list, position)),
    };
    return list;
  }

  private decisiveTiles(manifest: Manifest, { evidence, abstention }: Prediction): TileList | null {
    if (evidence === undefined || !leavesFigures(abstention)) return null;
    const list: TileList = {
      marks: new TileMarks(decisiveTiles(evidence.decisive), DECISIVE_TILES),
      pictures: new DecisiveSection(manifest, evidence, (position) => this.choose(list, position)),
    };
    return list;
  }
}
