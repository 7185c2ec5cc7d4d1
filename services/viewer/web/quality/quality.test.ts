import { describe, expect, it } from 'vitest';
import type { Abstention } from '../api/shapes';
import type { Grid } from '../heatmap/grid';
import type { AnswerLeft, QualityLayerInfo } from './api';
import { withoutFlagged } from './mask';
import { answerWords, limitWords, percent, qualityValue, verdictWords, withoutWords } from './words';

const grid = (...values: number[]): Grid => ({ cell_um: 112, columns: values.length, rows: 1, values: Float32Array.from(values) });

describe('the mask of flagged tiles', () => {
  it('clears their values and no others', () => {
    const masked = withoutFlagged(grid(0.25, 0.5, Number.NaN, 1), grid(0, 1, 1, Number.NaN));
    expect([...masked.values]).toEqual([0.25, Number.NaN, Number.NaN, 1]);
  });

  it('leaves the values it was given as they are', () => {
    const values = grid(0.25, 0.5);
    withoutFlagged(values, grid(1, 1));
    expect([...values.values]).toEqual([0.25, 0.5]);
  });

  it('fits no other tiles', () => {
    expect(() => withoutFlagged(grid(1, 2), grid(0))).toThrow('other tiles');
  });
});

describe('quality in words', () => {
  const info = (unit: QualityLayerInfo['unit'], limit: number | null): QualityLayerInfo => ({
    layer: 'focus',
    unit,
    limit,
    usual_range: { min: 0, max: 1 },
  });

  it('has units', () => {
    expect(qualityValue(info('micrometres', null), 0.4123)).toBe('0.412 µm');
    expect(qualityValue(info('share', null), 0.125)).toBe('13 %');
    expect(qualityValue(info('flag', null), 1)).toBe('flagged');
    expect([0, 0.001, 1].map(percent)).toEqual(['0 %', '< 1 %', '100 %']);
  });

  it('says from where on a layer flags, if it does', () => {
    expect(limitWords(info('micrometres', 0.9))).toBe('flagged from 0.9 µm on');
    expect(limitWords(info('share', null))).toBeNull();
  });
});

describe('the call without flagged tiles', () => {
  const call = { label: 'tumour', is_positive: true };
  const left: AnswerLeft = { call, probability: 0.75, grade: null, verdict: 'holds' };

  it('holds, changes, or is none', () => {
    const verdict = (one: AnswerLeft['verdict']) =>
      verdictWords({ quality: '', n_flagged: 3, kind: 'answered', ...left, verdict: one });
    expect(verdict('holds')).toBe('The call holds');
    expect(verdict('changes')).toBe('The call changes');
    expect(verdict('no_call')).toBe('There is no call either way');
    expect(verdictWords({ quality: '', n_flagged: 0, kind: 'nothing_flagged' })).toContain('No tile is flagged');
    expect(verdictWords({ quality: '', n_flagged: 9, kind: 'nothing_left' })).toContain('Every tile');
    expect(verdictWords(undefined)).toContain('Not measured');
  });

  it('is an answer with its figure, where there may be one', () => {
    expect(answerWords(left)).toBe('Tumour detected, probability 0.75');
    const few: Abstention = { reason: 'too_little_tissue', n_instances: 4, fewest: 5 };
    expect(answerWords({ ...left, abstention: few })).toBe('No call: too little tissue, probability 0.75');
    const unknown: Abstention = { reason: 'covariates_unknown', covariates: ['age'] };
    expect(answerWords({ ...left, abstention: unknown })).toBe('No call: data missing');
    expect(withoutWords(1)).toBe('Without the flagged tile');
    expect(withoutWords(12)).toBe('Without 12 flagged tiles');
  });
});
