import { expect, test } from 'vitest';
import type { ToBeMatched } from './api';
import { isDisputed, proposed, readingWords, statements, whyWords } from './words';

function waiting(part: Partial<ToBeMatched>): ToBeMatched {
  return {
    slide: { id: 'a', received_at: '', timings: [], status: { state: 'held', reason: { code: 'identity' } } },
    revision: 1,
    standing: 'contradicted',
    since: '',
    label: 'read',
    witnesses: [],
    corrected_to: null,
    case: null,
    ordered: [],
    picture: null,
    ...part,
  };
}

const label = { source: 'data_matrix', text: 'S26-1;A;1', names: { accession: 'S26-1', part: 'A', block: '1' } } as const;
const strange = { source: 'code_128', text: 'http://x', names: null } as const;

test('everyone who says something has a line, in their own words where they have any', () => {
  const entry = waiting({
    witnesses: [label, strange],
    corrected_to: { accession: 'S26-3', part: null, block: null },
    case: { accession: 'S26-2', part: null, block: null, stain: 'H&E' },
    ordered: [{ accession: 'S26-1', part: 'A', block: '2', stain: null }],
  });
  expect(statements(entry).map(({ who, says }) => `${who}: ${says}`)).toEqual([
    'Data Matrix on the label: S26-1;A;1',
    'Barcode on the label: http://x',
    'A person, before: S26-3',
    'The case it was put in: S26-2 · H&E',
    'Ordered: S26-1 · A · 2',
  ]);
});

test('who names another slide is disputed, who says less or nothing is not', () => {
  const inCase = (accession: string) => waiting({ witnesses: [label, strange], case: { accession, part: null, block: null, stain: null } });
  const disputed = (entry: ToBeMatched) => {
    const all = statements(entry);
    return all.map((statement) => isDisputed(statement, all));
  };
  expect(disputed(inCase('S26-2'))).toEqual([true, false, true]);
  expect(disputed(inCase('S26-1'))).toEqual([false, false, false]);
  const block = waiting({ witnesses: [label], ordered: [{ accession: 'S26-1', part: 'A', block: '2', stain: null }] });
  expect(disputed(block)).toEqual([true, true]);
  const lettered = waiting({ witnesses: [label], ordered: [{ accession: 'S26-1', part: null, block: 'A1', stain: null }] });
  expect(disputed(lettered)).toEqual([false, false]);
});

test('a slide says why it waits', () => {
  expect(whyWords(waiting({}))).toBe('These do not name the same slide.');
  expect(whyWords(waiting({ standing: 'unmatched', label: 'unread' }))).toBe('Nothing on the label can be read, and no case was given.');
  expect(whyWords(waiting({ standing: 'unmatched', label: 'absent' }))).toBe('There is no label to read, and no case was given.');
  expect(whyWords(waiting({ standing: 'unmatched', witnesses: [label] }))).toBe(
    'No order and no case is known by what the label says.',
  );
});

test('a label that could not be read is said so', () => {
  expect(readingWords(waiting({ label: 'unread' }))).toBe('No barcode on the label could be read.');
  const scanner = { source: 'scanner_barcode', text: 'S26-2', names: null } as const;
  expect(readingWords(waiting({ witnesses: [label, strange, scanner] }))).toBe('Read on the label: S26-1;A;1 · http://x');
  expect(readingWords(waiting({ label: 'absent', witnesses: [scanner] }))).toBeNull();
  expect(readingWords(waiting({ label: null }))).toBeNull();
  const [first] = statements(waiting({ label: 'unread', witnesses: [scanner] }));
  expect(first).toEqual({ who: 'The label', says: 'no barcode on it could be read', names: null });
});

test('the form proposes what the label says, else the case', () => {
  const placed = { accession: 'S26-2', part: null, block: null, stain: null };
  expect(proposed(waiting({ witnesses: [strange, label], case: placed }))?.accession).toBe('S26-1');
  expect(proposed(waiting({ witnesses: [strange], case: placed }))?.accession).toBe('S26-2');
  expect(proposed(waiting({}))).toBeNull();
});
