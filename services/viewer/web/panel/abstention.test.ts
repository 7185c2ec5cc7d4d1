import { expect, test } from 'vitest';
import type { Abstention } from '../api/shapes';
import { abstentionTitle, abstentionWords, leavesFigures, setWords } from './abstention';

test('every reason is said with its figures', () => {
  const words: [Abstention, string][] = [
    [
      { reason: 'scanner_not_allowed', scanner: null, allowed: ['Aperio GT450', 'Hamamatsu S360'] },
      'The slide does not say which scanner made it; the task was shown to work on Aperio GT450, Hamamatsu S360.',
    ],
    [
      { reason: 'mpp_not_allowed', mpp: 0.504, finest: 0.2, coarsest: 0.3 },
      'The slide has 0.504 µm per pixel; the task was shown to work from 0.2 to 0.3.',
    ],
    [
      { reason: 'too_little_tissue', n_instances: 12, fewest: 50 },
      'The slide has 12 tiles of tissue; the task needs 50.',
    ],
    [
      { reason: 'out_of_distribution', distance: 3.14, limit: 1.5, quantile: 0.99 },
      'The tissue looks unlike the training slides: distance 3.14, where 99 % of them lie within 1.5.',
    ],
    [
      { reason: 'covariates_unknown', covariates: ['age (a number)', 'sex (f or m)'] },
      'The task also reads age (a number), sex (f or m), which this slide was not given. Its maps are of the tissue alone.',
    ],
    [{ reason: 'uncertain', n_labels: 2 }, '2 answers cannot be ruled out.'],
    [{ reason: 'uncertain', n_labels: 0 }, 'The slide is unlike the training slides of every answer.'],
  ];
  for (const [abstention, expected] of words) {
    expect(abstentionWords(abstention)).toBe(expected);
    expect(abstentionTitle(abstention)).toMatch(/^No call: /);
  }
});

test('without what a task reads its figures are not shown', () => {
  expect(leavesFigures({ reason: 'covariates_unknown', covariates: ['age'] })).toBe(false);
  expect(leavesFigures({ reason: 'uncertain', n_labels: 2 })).toBe(true);
  expect(leavesFigures(null)).toBe(true);
});

test('a set says what it promises', () => {
  const labels = ['no_tumour', 'tumour'];
  const calibrated = setWords({ labels, alpha: 0.1, basis: { kind: 'calibrated' } });
  expect(calibrated.labels).toBe('No tumour, Tumour');
  expect(calibrated.promise).toContain('at least 90 % of slides');
  const basis = { kind: 'too_few_calibration_slides' as const, label: 'tumour', n_slides: 5, needed: 9 };
  expect(setWords({ labels, alpha: 0.1, basis }).promise).toContain('5 calibration slides of “tumour”, 9 are needed');
  expect(setWords({ labels: [], alpha: 0.1, basis: { kind: 'calibrated' } }).labels).toBe('None');
});
