import { expect, test } from 'vitest';
import { signInAddress } from './sign-in';

test('whoever signs in comes back to the same place of the same slide', () => {
  const place = { pathname: '/', search: '', hash: '#/slides/0a?x=1&y=2' };
  const address = signInAddress('/auth/login', place);
  expect(address).toBe('/auth/login?to=%2F%23%2Fslides%2F0a%3Fx%3D1%26y%3D2');
  expect(new URL(address, 'http://here').searchParams.get('to')).toBe('/#/slides/0a?x=1&y=2');
});
