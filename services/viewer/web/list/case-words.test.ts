import { expect, test } from 'vitest';
import type { Case, TaskResult } from '../api/case-shapes';
import { caseState, chosenCases, resultWords } from './case-words';

function result(part: Partial<TaskResult>): TaskResult {
  return {
    task: 'tumour',
    call: 'negative',
    worst_grade: null,
    n_slides: 1,
    n_positive: 0,
    n_negative: 1,
    abstaining: [],
    without: [],
    n_by_person: 0,
    labels: {},
    ...part,
  };
}

function aCase(part: Partial<Case>): Case {
  return {
    id: 'a',
    accession: 'S26-1',
    patient: null,
    priority: 'routine',
    opened_at: '',
    assignee: null,
    state: 'ready',
    slides: [],
    awaits_impression: false,
    results: [],
    unfinished: [],
    seen: '',
    signed: [],
    ...part,
  };
}

test('a result is said as the rule made it', () => {
  expect(resultWords(result({ call: 'positive', worst_grade: 3 }))).toBe('Positive, grade 3');
  expect(resultWords(result({ call: 'open', abstaining: ['a', 'b'], without: ['c'] }))).toBe(
    'No answer yet: 2 slides without an answer, 1 slide not analysed',
  );
  expect(resultWords(result({ call: 'by_class', labels: { clear_cell: 2, papillary: 1 } }))).toBe(
    '2 clear cell, 1 papillary',
  );
});

test('a signed case says by whom, and whether it is still so', () => {
  const signed = {
    version: 1,
    signer: 'Dr. Gram',
    signed_at: '',
    changed_since: true,
    results: [],
    statement: null,
    despite_unfinished: null,
    amendment: null,
  };
  expect(caseState(aCase({ state: 'signed', signed: [signed] }))).toBe('Signed by Dr. Gram, changed since');
  expect(caseState(aCase({ state: 'signed', signed: null }))).toBe('Signed');
});

test('cases are chosen by reader and by suspicion, which is unknown before the first read', () => {
  const mine = aCase({ id: 'mine', assignee: 'Dr. Gram' });
  const bad = aCase({ id: 'bad', results: [result({ call: 'positive' })] });
  const hidden = aCase({ id: 'hidden', results: null });
  const ids = (who: Parameters<typeof chosenCases>[1]) =>
    chosenCases([mine, bad, hidden], who, 'Dr. Gram').map(({ id }) => id);
  expect(ids('everyone')).toEqual(['mine', 'bad', 'hidden']);
  expect(ids('mine')).toEqual(['mine']);
  expect(ids('nobody')).toEqual(['bad', 'hidden']);
  expect(ids('suspicious')).toEqual(['bad']);
});
