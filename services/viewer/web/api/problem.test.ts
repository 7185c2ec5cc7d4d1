import { expect, test } from 'vitest';
import { explain, Problem, sentence } from './problem';

test('the server\'s own words are shown as a sentence', () => {
  const problem = Problem.parse(400, '{"title":"Bad request","detail":"0 is not an mpp: give a number"}');
  expect(explain(problem)).toBe('0 is not an mpp: give a number.');
  expect(sentence('held for a missing mpp')).toBe('Held for a missing mpp.');
});

test('an answer without words still gets a remedy', () => {
  for (const status of [401, 403, 404, 413, 500, 503]) {
    expect(explain(Problem.parse(status, '<html>')), String(status)).toMatch(/: |larger than|not yet/);
  }
  expect(Problem.parse(401, '').isSessionOver).toBe(true);
});

test('a server that cannot be reached is called that', () => {
  expect(explain(new TypeError('Failed to fetch'))).toMatch(/cannot be reached/);
});
