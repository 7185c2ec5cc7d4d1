import { expect, test } from 'vitest';
import type { Prediction } from '../api/shapes';
import { newestOfEachTask } from './task-picker';

function result(id: string, version: string): Prediction {
  return { task: { id, version, hash: '' } } as Prediction;
}

test('of several results of a task only the newest is offered', () => {
  const results = [result('tumour', '2'), result('grade', '1'), result('tumour', '1')];
  expect(newestOfEachTask(results).map(({ task }) => `${task.id} ${task.version}`)).toEqual([
    'tumour 2',
    'grade 1',
  ]);
});
