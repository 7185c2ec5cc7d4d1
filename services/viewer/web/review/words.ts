import type { ImpressionCode, OverrideReason, Review } from '../api/case-shapes';
import { capital } from '../list/standing';
import { labelWords } from '../words/labels';
import { say } from '../words/say';

export const IMPRESSIONS: Record<ImpressionCode, string> = {
  benign: say('Benign'),
  suspicious: say('Suspicious'),
  malignant: say('Malignant'),
  uncertain: say('Uncertain'),
};

export const REASONS: Record<OverrideReason, string> = {
  false_positive: say('False positive'),
  false_negative: say('False negative'),
  wrong_class: say('Wrong class'),
  wrong_grade: say('Wrong grade'),
  artefact: say('Misled by an artefact'),
  out_of_scope: say('Not a slide for this task'),
  no_answer: say('The task gave no answer'),
  other: say('Other'),
};

/** `First read: malignant`, `Accepted: tumour, grade 3`, `Overridden: benign (false positive)`. */
export function reviewWords(review: Review): string {
  switch (review.kind) {
    case 'impression': {
      const impression = IMPRESSIONS[review.impression].toLowerCase();
      return review.blind ? say('First read: {impression}', { impression }) : say('Impression: {impression}', { impression });
    }
    case 'accept':
      return say('Accepted: {finding}', { finding: said(review.result.call.label, review.result.grade) });
    case 'override': {
      const { call, grade } = review.finding;
      return say('Overridden: {finding} ({reason})', {
        finding: said(call.label, grade ?? null),
        reason: REASONS[review.reason].toLowerCase(),
      });
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
  const finding = capital(labelWords(label));
  return grade === null ? finding : say('{finding}, grade {grade}', { finding, grade });
}
