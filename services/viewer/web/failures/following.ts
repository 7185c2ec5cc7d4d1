import type { TaskFailure } from './api';

/** What a service may take to be asked and to answer. */
const GRACE_MS = 3_000;
/** Somebody may have it asked by hand at any time. */
const LONGEST_MS = 60_000;

/** How long until it may be otherwise, in milliseconds. */
export function nextLookMs(failures: readonly TaskFailure[], now: number): number {
  const waits = failures.flatMap(({ again_at }) => (again_at === null ? [] : [Date.parse(again_at) - now]));
  const first = Math.max(0, Math.min(LONGEST_MS, ...waits));
  return Math.min(LONGEST_MS, first + GRACE_MS);
}

/** Whether a task that was among `before` is no longer among `now`. */
export function isAnyGone(before: readonly TaskFailure[], now: readonly TaskFailure[]): boolean {
  const missing = new Set(now.map(({ task }) => task.hash));
  return before.some(({ task }) => !missing.has(task.hash));
}
