import { get } from '../api/client';

/** A task that is a service and gave no result of a slide. */
export interface TaskFailure {
  task: { id: string; version: string; hash: string };
  /** In the server's words. */
  reason: string;
  n_attempts: number;
  failed_at: string;
  /** `null` where it is not asked again. */
  again_at: string | null;
}

export async function taskFailures(slide: string): Promise<TaskFailure[]> {
  const { failures } = await get<{ failures: TaskFailure[] }>(`/api/v1/slides/${slide}/task-failures`);
  return failures;
}
