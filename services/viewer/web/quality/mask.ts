import type { Grid } from '../heatmap/grid';
import { say } from '../words/say';

/** The same values without those of flagged tiles; `flagged` holds more than 0 where one is. */
export function withoutFlagged(grid: Grid, flagged: Grid): Grid {
  if (grid.columns !== flagged.columns || grid.rows !== flagged.rows) {
    throw new Error(say('the quality of this slide was measured over other tiles'));
  }
  const values = grid.values.map((value, cell) => (flagged.values[cell]! > 0 ? Number.NaN : value));
  return { ...grid, values };
}
