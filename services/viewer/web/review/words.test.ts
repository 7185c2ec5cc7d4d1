import { expect, test } from 'vitest';
import type { Review } from '../api/case-shapes';
import { amendedNumbers, ownJudgement, reviewWords } from './words';

const by = { number: 1, reviewer: 'Dr. Gram', reviewed_at: '', amends: null };
const result = {
  task: { id: 'tumour', version: '1', hash: '' },
  call: { label: 'tumour', is_positive: true },
  grade: 3,
  abstained: false,
};

test('each kind of review is said in a line', () => {
  expect(reviewWords({ ...by, kind: 'impression', impression: 'malignant', blind: true })).toBe('First read: malignant');
  expect(reviewWords({ ...by, kind: 'accept', result })).toBe('Accepted: Tumour, grade 3');
  const finding = { call: { label: 'benign', is_positive: false }, grade: null };
  expect(reviewWords({ ...by, kind: 'override', result, finding, reason: 'false_positive' })).toBe(
    'Overridden: Benign (false positive)',
  );
});

test('what was amended is known by its number', () => {
  const reviews: Review[] = [
    { ...by, kind: 'accept', result },
    { ...by, number: 2, amends: 1, kind: 'accept', result },
  ];
  expect([...amendedNumbers(reviews)]).toEqual([1]);
});

test('a person amends what they said last of the same task', () => {
  const reviews: Review[] = [
    { ...by, kind: 'impression', impression: 'benign', blind: true },
    { ...by, number: 2, kind: 'accept', result },
    { ...by, number: 3, amends: 2, kind: 'accept', result },
    { ...by, number: 4, reviewer: 'Dr. Koch', kind: 'accept', result },
  ];
  expect(ownJudgement(reviews, 'Dr. Gram', 'tumour')).toBe(3);
  expect(ownJudgement(reviews, 'Dr. Gram', 'another')).toBeUndefined();
  expect(ownJudgement(reviews.slice(0, 1), 'Dr. Gram', 'tumour')).toBeUndefined();
});
