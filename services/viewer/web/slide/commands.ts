import type { MeasurementKind } from '../measure/measurement';

/** Moving over the slide. */
export interface Movement {
  zoomBy(steps: number): void;
  zoomToMagnification(magnification: number): void;
  showAll(): void;
  /** By a share of the window. */
  panBy(columns: number, rows: number): void;
  turn(quarters: number): void;
  /** Undoes all turning. */
  upright(): void;
}

/** What lies over a slide that is open by itself. */
export interface OverlayCommands {
  toggleHeatmap(): void;
  toggleTissue(): void;
  toggleMarks(): void;
  /** Goes through the tiles that weighed most. */
  stepTile(steps: number): void;
  /** Gives the slide the room of the panel, or takes it back. */
  togglePanel(): void;
}

/** Measuring; all but `toggle` do nothing while no tool is in hand. */
export interface MeasureCommands {
  readonly isMeasuring: boolean;
  toggle(kind: MeasurementKind): void;
  placeInMiddle(): void;
  finish(): void;
  takeBack(): void;
  cancel(): void;
}

/** Slides side by side. */
export interface CompareCommands {
  /** Lets each slide move by itself, to bring them in line, or all together again. */
  toggleLink(): void;
}

/** What a person can ask of what is open, by key or by button; what it has not, it leaves out. */
export interface Commands {
  readonly movement: Movement;
  readonly overlays?: OverlayCommands;
  readonly measure?: MeasureCommands;
  readonly compare?: CompareCommands;
  /** Colours corrected by the slide's own profile, or as scanned. */
  toggleColour(): void;
  /** Asks which other slides shall be beside this. */
  chooseBeside(): void;
  /** A link that opens this very place. */
  copyLink(): void;
  toggleFullScreen(): void;
  showHelp(): void;
}
