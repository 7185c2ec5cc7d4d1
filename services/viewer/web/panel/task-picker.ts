import type { Prediction } from '../api/shapes';
import { h } from '../dom';
import { say } from '../words/say';

/** Chooses between the results of several tasks; `null` where there is nothing to choose. */
export function taskPicker(
  results: readonly Prediction[],
  chosen: Prediction,
  onChoose: (result: Prediction) => void,
): HTMLElement | null {
  if (results.length < 2) return null;
  const picker = h(
    'select',
    { name: 'task', 'aria-label': say('Task') },
    results.map((result, at) => h('option', { value: at, selected: result === chosen }, result.task.id)),
  );
  picker.addEventListener('change', () => {
    const result = results[Number(picker.value)];
    if (result !== undefined) onChoose(result);
  });
  return h('div', { class: 'task-picker' }, say('Task'), picker);
}

/** The newest result of each task, from results newest first. */
export function newestOfEachTask(results: readonly Prediction[]): Prediction[] {
  const tasks = new Map<string, Prediction>();
  for (const result of results) if (!tasks.has(result.task.id)) tasks.set(result.task.id, result);
  return [...tasks.values()];
}
