import { expect, test } from 'vitest';
import { alertWords } from './alert-words';
import type { DriftWeek, Rate, ScannerDrift } from './api';
import { distancePoints, ratePoints, topOf } from './drift-chart';
import { limitWords, percent, stepsFrom } from './words';

const none: Rate = { part: 0, whole: 0, rate: null, chart: null };

function week(part: Partial<DriftWeek>): DriftWeek {
  return {
    week: '2026-W47',
    is_over: true,
    n_slides: 12,
    n_in_reference: 0,
    abstentions: none,
    overrides: none,
    score_stability: null,
    distance: null,
    ...part,
  };
}

function scanner(...weeks: DriftWeek[]): ScannerDrift {
  return { scanner: 'Phantom 1', compared_with: null, weeks };
}

test('a chart has the weeks of which something is said, and tells those that are out', () => {
  const near = week({ distance: { mmd2: -0.01, p_value: 0.4 } });
  const far = week({ week: '2026-W48', distance: { mmd2: 0.3, p_value: 0.0005 } });
  expect(distancePoints(scanner(near, week({}), far))).toEqual([
    { week: '2026-W47', value: 0, low: null, high: null, isOut: false },
    { week: '2026-W48', value: 0.3, low: null, high: null, isOut: true },
  ]);
});

test('a rate stands by its weighted mean within its limits, or by itself without', () => {
  const chart = { mean: 0.2, low: 0.05, high: 0.15, is_within: false };
  const weeks = scanner(week({ abstentions: { part: 6, whole: 12, rate: 0.5, chart } }), week({ abstentions: { part: 1, whole: 4, rate: 0.25, chart: null } }));
  expect(ratePoints(weeks, ({ abstentions }) => abstentions)).toEqual([
    { week: '2026-W47', value: 0.2, low: 0.05, high: 0.15, isOut: true },
    { week: '2026-W47', value: 0.25, low: null, high: null, isOut: false },
  ]);
});

test('no way leads from draft to active, and none but back from active to another version', () => {
  const ways = (state: 'draft' | 'shadow' | 'active' | 'retired') => stepsFrom(state).map(({ to }) => to);
  expect(ways('draft')).toEqual(['shadow', 'retired']);
  expect(ways('shadow')).toEqual(['active', 'retired']);
  expect(ways('active')).toEqual(['before', 'shadow', 'retired']);
  expect(ways('retired')).toEqual(['shadow']);
});

test('an alert and a criterion are sentences', () => {
  const alert = { id: 'a', model: 'b', subject: 'Phantom 2', week: '2026-W47', opened_at: '', seen: [] };
  expect(alertWords({ ...alert, kind: 'embedding_distance' })).toBe('Phantom 2: the slides of 2026-W47 look unlike those it was accepted on');
  const finding = { measure: 'auc', limit: { at_least: 0.9 }, judged_by: 'interval', found: 0.95, is_met: true } as const;
  expect(limitWords(finding)).toBe('at least 0.9, by the interval');
  expect(percent(null)).toBe('–');
  expect(percent(0.083)).toBe('8 %');
});

test('charts of several scanners have one scale', () => {
  const near = { week: '2026-W47', value: 0.02, low: null, high: null, isOut: false };
  expect(topOf([near, { ...near, value: 0.8 }])).toBeCloseTo(0.88);
  expect(topOf([{ ...near, low: 0, high: 0.5 }])).toBeCloseTo(0.55);
  expect(topOf([])).toBeGreaterThan(0);
});
