import { afterEach, expect, test } from 'vitest';
import { formatCount, formatTime } from '../units/plain';
import { CHINESE } from './chinese';
import { wantedLanguage } from './language';
import { listed, say, speak } from './say';

afterEach(() => speak('en-GB', {}));

test('what a person chose goes before what their browser prefers', () => {
  expect(wantedLanguage('en', ['zh-CN'])).toBe('en');
  expect(wantedLanguage('zh-CN', ['en-GB'])).toBe('zh-CN');
  expect(wantedLanguage('tlh', ['zh-CN'])).toBe('zh-CN');
});

test('of the languages of a browser the first that is known is spoken', () => {
  expect(wantedLanguage(null, ['de-DE', 'zh-TW', 'en'])).toBe('zh-CN');
  expect(wantedLanguage(null, ['en-US', 'zh'])).toBe('en');
  expect(wantedLanguage(null, ['de-DE'])).toBe('en');
  expect(wantedLanguage(null, [])).toBe('en');
});

test('a text has its values, in the order of its language', () => {
  expect(say('{count} {label}', { count: 2, label: 'tumour' })).toBe('2 tumour');
  expect(say('{count} of {unknown}', { count: 2 })).toBe('2 of {unknown}');
  speak('zh-CN', CHINESE);
  expect(say('{count} {label}', { count: 2, label: say('tumour') })).toBe('肿瘤 2');
  expect(listed(['a', 'b'])).toBe('a、b');
  expect(say('in no dictionary')).toBe('in no dictionary');
});

test('numbers and times are those of the language', () => {
  const noon = '2026-11-20T12:00:00';
  expect([formatCount(12345), formatTime(noon)]).toEqual(['12\u202f345', '20 Nov 2026, 12:00']);
  speak('zh-CN', CHINESE);
  expect([formatCount(12345), formatTime(noon)]).toEqual(['12\u202f345', '2026年11月20日 12:00']);
});
