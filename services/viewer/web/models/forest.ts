import type { Estimate, SubgroupReport } from './api';

/**
 * The measures of which a group may fare worse, as the server compares them. Others depend on how common a finding is among a
 * group's slides, and say nothing beside those of all.
 */
const COMPARED = ['sensitivity', 'specificity', 'auc', 'balanced_accuracy', 'expected_calibration_error'];

/** The narrowest that an axis shows: a difference that is none should not look large. */
const NARROWEST = 0.2;

/** What is drawn of a group, or of all slides. */
export type ForestRow =
  | { kind: 'figure'; name: string; estimate: Estimate | undefined; isWorse: boolean }
  | { kind: 'suppressed'; name: string; reason: Suppression };

export type Suppression = NonNullable<SubgroupReport['columns'][number]['groups'][number]['suppressed']>;

export interface Forest {
  measure: string;
  all: Estimate;
  columns: { column: string; rows: ForestRow[] }[];
  axis: Axis;
}

/** From its left end to its right. */
export interface Axis {
  from: number;
  to: number;
}

/** One a measure that groups are compared by. */
export function forests(report: SubgroupReport): Forest[] {
  return COMPARED.flatMap((measure) => {
    const all = report.figures[measure];
    return all === undefined ? [] : [forest(report, measure, all)];
  });
}

function forest({ columns, gaps }: SubgroupReport, measure: string, all: Estimate): Forest {
  const drawn = columns.map(({ column, groups }) => {
    const isGap = (value: string) => gaps.some((gap) => gap.column === column && gap.value === value && gap.measure === measure);
    const rows = groups.map(({ value, suppressed, figures }): ForestRow => {
      if (suppressed !== null) return { kind: 'suppressed', name: value, reason: suppressed };
      return { kind: 'figure', name: value, estimate: figures[measure], isWorse: isGap(value) };
    });
    return { column, rows };
  });
  const estimates = drawn.flatMap(({ rows }) => rows.map((row) => (row.kind === 'figure' ? row.estimate : undefined)));
  return { measure, all, columns: drawn, axis: axisOf([all, ...estimates]) };
}

/** Holds all figures and their intervals, in whole tenths. */
export function axisOf(estimates: readonly (Estimate | undefined)[]): Axis {
  const ends = estimates.flatMap((estimate) => {
    if (estimate?.state === 'measured') return [estimate.low, estimate.high];
    return estimate?.state === 'without_interval' ? [estimate.value] : [];
  });
  if (ends.length === 0) return { from: 0, to: 1 };
  const from = Math.floor(Math.min(...ends) * 10) / 10;
  const to = Math.ceil(Math.max(...ends) * 10) / 10;
  if (to - from >= NARROWEST) return { from, to };
  return to >= NARROWEST ? { from: to - NARROWEST, to } : { from: 0, to: NARROWEST };
}

/** Where a value lies on an axis, from 0 to 1. */
export function placeOn({ from, to }: Axis, value: number): number {
  return (value - from) / (to - from);
}
