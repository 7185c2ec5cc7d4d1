import { expect, test } from 'vitest';
import { CHINESE } from './chinese';
import { argumentsOf, constantText, FILES, pieces, type Syntax } from './source';
import type { Dictionary } from './say';

const AREAS = import.meta.glob<Record<string, Dictionary>>('./chinese/*.ts', { eager: true });

/** Every `say` there is: its file, its text, and the names of the values it gives if they can be told. */
const SAID = FILES.flatMap(({ path, syntax }) =>
  [...pieces(syntax)].flatMap((piece) => {
    const given = argumentsOf(piece, 'say');
    return given === null ? [] : [{ path, text: constantText(given[0]), values: valueNames(given[1]) }];
  }),
);

function valueNames(values: Syntax | undefined): string[] | null {
  if (values === undefined) return [];
  if (values.type !== 'ObjectExpression') return null;
  const properties = values.properties as Syntax[];
  return properties.every(({ type }) => type === 'Property') ? properties.map(({ key }) => String((key as Syntax).name)).sort() : null;
}

function placeholders(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!))].sort();
}

test('a text is said by its English form, which stands where it is said', () => {
  expect(SAID.length).toBeGreaterThan(300);
  expect(SAID.filter(({ text }) => text === null).map(({ path }) => path)).toEqual([]);
});

test('every value that a text has a place for is given, and no other', () => {
  const known = SAID.filter(({ values }) => values !== null);
  const wrong = known.filter(({ text, values }) => placeholders(text ?? '').join() !== values!.join());
  expect(wrong.map(({ path, text }) => `${path}: ${text}`)).toEqual([]);
});

test('Chinese has every text', () => {
  const missing = SAID.filter(({ text }) => text !== null && CHINESE[text] === undefined);
  expect(missing.map(({ path, text }) => `${path}: ${text}`)).toEqual([]);
});

test('Chinese has a place for every value', () => {
  const wrong = Object.entries(CHINESE).filter(([english, chinese]) => placeholders(english).join() !== placeholders(chinese).join());
  expect(wrong).toEqual([]);
});

test('Chinese has no text that nobody says, and none twice', () => {
  const said = new Set(SAID.map(({ text }) => text));
  expect(Object.keys(CHINESE).filter((english) => !said.has(english))).toEqual([]);
  const all = Object.values(AREAS).flatMap((area) => Object.values(area).flatMap(Object.keys));
  expect(all.filter((english, at) => all.indexOf(english) !== at)).toEqual([]);
  expect(all.length).toBe(Object.keys(CHINESE).length);
});

test('what is no probability is not called one', () => {
  const attention = CHINESE['Where the model looked, not a probability. 1 is the weight of an average tile, 2 is twice that.'];
  expect(attention).toContain('不是概率');
});
