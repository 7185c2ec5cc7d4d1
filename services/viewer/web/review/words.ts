import type { ImpressionCode, OverrideReason, Review } from '../api/case-shapes';
import { capital } from '../list/standing';

export const IMPRESSIONS: Record<ImpressionCode, string> = {
  benign: 'Benign',
  suspicious: 'Suspicious',
  malignant: 'Malignant',
  uncertain: 'Uncertain',
};

export const REASONS: Record<OverrideReason, string> = {
  false_positive: 'False positive',
  false_negative: 'False negative',
  wrong_class: 'Wrong class',
  wrong_grade: 'Wrong grade',
  artefact: 'Misled by an artefact',
  out_of_scope: 'Not a slide for this task',
  no_answer: 'The task gave no answer',
  other: 'Other',
};

/** `First read: malignant`, `Accepted: tumour, grade 3`, `Overridden: benign (false positive)`. */
export function reviewWords(review: Review): string {
  switch (review.kind) {
    case 'impression':
      return `${review.blind ? 'First read' : 'Impression'}: ${IMPRESSIONS[review.impression].toLowerCase()}`;
    case 'accept':
      return `Accepted: ${said(review.result.call.label, review.result.grade)}`;
    case 'override': {
      const { call, grade } = review.finding;
      return `Overridden: ${said(call.label, grade ?? null)} (${REASONS[review.reason].toLowerCase()})`;
    }
  }
}

/** Numbers of the reviews that others took the place of. */
export function amendedNumbers(reviews: readonly Review[]): Set<number> {
  return new Set(reviews.flatMap(({ amends }) => (amends === null ? [] : [amends])));
}

/** What a person said last of a task's results and has not amended: they amend it when they say more. */
export function ownJudgement(reviews: readonly Review[], reviewer: string, task: string): number | undefined {
  const amended = amendedNumbers(reviews);
  const own = reviews.filter(
    (review) =>
      review.reviewer === reviewer &&
      !amended.has(review.number) &&
      review.kind !== 'impression' &&
      review.result.task.id === task,
  );
  return own.at(-1)?.number;
}

function said(label: string, grade: number | null): string {
  const words = capital(label.replaceAll('_', ' '));
  return grade === null ? words : `${words}, grade ${grade}`;
}
