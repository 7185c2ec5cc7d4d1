import { expect, test } from 'vitest';
import { alertWords } from './alert-words';
import type { Estimate, Subgroup, SubgroupReport } from './api';
import { axisOf, forests, placeOn } from './forest';
import { cautionWords, estimateWords, gapWords } from './subgroup-words';

function measured(value: number, low: number, high: number): Estimate {
  return { state: 'measured', value, n: 20, low, high };
}

function group(value: string, sensitivity: Estimate): Subgroup {
  return { value, suppressed: null, n_slides: 20, figures: { sensitivity } };
}

const SMALL: Subgroup = { value: 'skin', suppressed: 'fewer_than_ten_cases', n_slides: null, figures: {} };
const GAP = { column: 'site', value: 'lung', measure: 'sensitivity', of_group: 0.2, of_all: 0.73 };

const REPORT: SubgroupReport = {
  n_scored: 90,
  n_signed: 60,
  n_abstained: 4,
  signed_share: 60 / 90,
  figures: { brier: measured(0.1, 0.05, 0.2), sensitivity: measured(0.73, 0.6, 0.85) },
  columns: [
    { column: 'site', groups: [group('colon', measured(1, 0.84, 1)), group('lung', measured(0.2, 0.05, 0.45)), SMALL] },
    { column: 'scanner', groups: [group('lung', measured(0.7, 0.5, 0.9))] },
  ],
  gaps: [GAP],
  gap_limit: 0.1,
};

test('a measure by which groups are compared is drawn, with its gaps and the groups that are too small', () => {
  const [forest, ...others] = forests(REPORT);
  expect(others).toEqual([]);
  expect(forest?.measure).toBe('sensitivity');
  expect(forest?.columns[0]?.rows.map((row) => [row.name, row.kind === 'figure' ? row.isWorse : row.reason])).toEqual([
    ['colon', false],
    ['lung', true],
    ['skin', 'fewer_than_ten_cases'],
  ]);
  // Of another column, though it is called the same.
  expect(forest?.columns[1]?.rows[0]).toMatchObject({ isWorse: false });
});

test('an axis holds all intervals in whole tenths, and is never narrow', () => {
  expect(axisOf([measured(0.73, 0.62, 0.85), measured(0.2, 0.05, 0.45)])).toEqual({ from: 0, to: 0.9 });
  expect(axisOf([measured(0.97, 0.95, 1)])).toEqual({ from: 0.8, to: 1 });
  expect(axisOf([measured(0.02, 0.01, 0.05)])).toEqual({ from: 0, to: 0.2 });
  expect(axisOf([{ state: 'undefined', reason: 'no_slides' }, undefined])).toEqual({ from: 0, to: 1 });
  expect(placeOn({ from: 0.5, to: 1 }, 0.75)).toBe(0.5);
});

test('a figure stands with its interval, or says why it has none', () => {
  expect(estimateWords(measured(0.2, 0.05, 0.45))).toBe('0.20 (0.05–0.45)');
  expect(estimateWords({ state: 'without_interval', value: 0.5, n: 3, withheld: 'no_spread' })).toBe('0.50, no interval');
  expect(estimateWords({ state: 'undefined', reason: 'class_absent' })).toBe('a class does not occur');
});

test('what was measured is said to be no random choice, unless it is all', () => {
  expect(cautionWords(REPORT)).toBe(
    'Of 90 slides that it scored 60 are judged and signed (67 %), and these are measured. 4 of them have no answer and are in no figure. ' +
      'Which slides are signed is no matter of chance: of all slides the figures may be better or worse.',
  );
  expect(cautionWords({ ...REPORT, n_signed: 90, n_abstained: 0, signed_share: 1 })).toBe('All 90 slides that it scored are judged and signed.');
  expect(cautionWords({ ...REPORT, n_signed: 0, n_abstained: 0, signed_share: 0 })).toMatch(/^None of the 90 slides/);
  expect(cautionWords({ ...REPORT, n_scored: 0, n_signed: 0, signed_share: null })).toMatch(/^It has scored no slide/);
});

test('a gap is a sentence, and so is its alert', () => {
  expect(gapWords(GAP)).toBe('Site lung: Sensitivity 0.20, of all slides 0.73');
  const alert = { id: 'a', model: 'b', subject: 'site: lung, sensitivity', week: '2026-W47', opened_at: '', seen: [], detail: { gap: GAP } };
  expect(alertWords({ ...alert, kind: 'subgroup_gap' })).toBe('Site lung: Sensitivity 0.20, of all slides 0.73 (2026-W47)');
});
