import { expect, test } from 'vitest';
import type { TaskFailure } from './api';
import { isAnyGone, nextLookMs } from './following';
import { askCommand, attemptWords, nextWords, noticeWords } from './words';

const NOW = Date.parse('2026-11-22T12:00:00Z');

function failure(part: Partial<TaskFailure>): TaskFailure {
  return {
    task: { id: 'partner-tumour', version: '1.0.0', hash: 'ab' },
    reason: 'the service cannot be reached',
    n_attempts: 1,
    failed_at: '2026-11-22T11:59:00',
    again_at: null,
    ...part,
  };
}

function inSeconds(seconds: number): TaskFailure {
  return failure({ again_at: new Date(NOW + seconds * 1000).toISOString() });
}

test('what happens next is said, and what to do where nothing does', () => {
  expect(attemptWords(failure({}))).toBe('Asked once, 22 Nov 2026, 11:59.');
  expect(attemptWords(failure({ n_attempts: 3 }))).toBe('Asked 3 times, last 22 Nov 2026, 11:59.');
  expect(nextWords(inSeconds(60), NOW)).toMatch(/^It is asked again at \d\d:01\.$/);
  expect(nextWords(inSeconds(-1), NOW)).toBe('It is being asked again.');
  expect(nextWords(failure({}), NOW)).toMatch(/not asked again by itself/);
  expect(askCommand('3469')).toBe('coverslip score 3469');
  expect(noticeWords([failure({})])).toBe('1 task without a result');
});

test('the next look comes when the first of them was asked again, and within a minute', () => {
  expect(nextLookMs([inSeconds(30), inSeconds(5), failure({})], NOW)).toBe(8_000);
  expect(nextLookMs([inSeconds(-90)], NOW)).toBe(3_000);
  expect(nextLookMs([inSeconds(3600)], NOW)).toBe(60_000);
  expect(nextLookMs([failure({})], NOW)).toBe(60_000);
});

test('a task that failed is gone once it is no longer listed by its hash', () => {
  const other = failure({ task: { id: 'partner-tumour', version: '2.0.0', hash: 'cd' } });
  expect(isAnyGone([failure({}), other], [failure({ n_attempts: 2 }), other])).toBe(false);
  expect(isAnyGone([failure({}), other], [other])).toBe(true);
  expect(isAnyGone([], [other])).toBe(false);
});
