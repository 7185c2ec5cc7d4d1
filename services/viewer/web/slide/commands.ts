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

/** Measuring; all but `toggle` do nothing while no tool is in hand. */
export interface MeasureCommands {
  readonly isMeasuring: boolean;
  toggle(kind: MeasurementKind): void;
  placeInMiddle(): void;
  finish(): void;
  takeBack(): void;
  cancel(): void;
}

/** What a person can ask of an open slide, by key or by button. */
export interface Commands {
  readonly movement: Movement;
  readonly measure: MeasureCommands;
  toggleHeatmap(): void;
  toggleTissue(): void;
  toggleMarks(): void;
  /** Goes through the tiles that weighed most. */
  stepTile(steps: number): void;
  /** A link that opens this slide at this place. */
  copyLink(): void;
  toggleFullScreen(): void;
  showHelp(): void;
}
