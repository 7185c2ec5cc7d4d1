import { formatClock, formatTime } from '../units/plain';
import { say } from '../words/say';
import type { TaskFailure } from './api';

export function attemptWords({ n_attempts, failed_at }: TaskFailure): string {
  const time = formatTime(failed_at);
  if (n_attempts === 1) return say('Asked once, {time}.', { time });
  return say('Asked {count} times, last {time}.', { count: n_attempts, time });
}

/** What happens next without anybody doing anything. */
export function nextWords({ again_at }: TaskFailure, now: number): string {
  if (again_at === null) return say('It is not asked again by itself. Whoever runs this server can ask it:');
  if (Date.parse(again_at) <= now) return say('It is being asked again.');
  // An hour from now at most.
  return say('It is asked again at {time}.', { time: formatClock(again_at) });
}

/** What whoever runs the server types to have it asked now. */
export function askCommand(slide: string): string {
  return `coverslip score ${slide}`;
}

export function noticeWords(failures: readonly TaskFailure[]): string {
  const { length } = failures;
  return length === 1 ? say('1 task without a result') : say('{count} tasks without a result', { count: length });
}
