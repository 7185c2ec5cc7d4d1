/** Moving over the slide. */
export interface Movement {
  zoomBy(steps: number): void;
  zoomToMagnification(magnification: number): void;
  showAll(): void;
  /** By a share of the window. */
  panBy(columns: number, rows: number): void;
  turn(quarters: number): void;
}

/** What a person can ask of an open slide, by key or by button. */
export interface Commands {
  readonly movement: Movement;
  toggleHeatmap(): void;
  toggleTissue(): void;
  toggleMarks(): void;
  /** Goes through the tiles that weighed most. */
  stepTile(steps: number): void;
  toggleFullScreen(): void;
  showHelp(): void;
}
