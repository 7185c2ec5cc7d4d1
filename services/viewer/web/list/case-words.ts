import type { Case, CaseState, Priority, TaskResult } from '../api/case-shapes';
import { labelWords } from '../words/labels';
import { listed, say } from '../words/say';

export type Who = 'everyone' | 'mine' | 'nobody' | 'suspicious';

const STATE_WORDS: Record<CaseState, string> = {
  awaiting_slides: say('Waiting for slides'),
  analysing: say('Being analysed'),
  ready: say('Ready to read'),
  in_review: say('In review'),
  signed: say('Signed'),
};

export const PRIORITY_WORDS: Record<Priority, string> = {
  routine: say('Routine'),
  urgent: say('Urgent'),
  stat: say('Stat'),
};

/** Where a case stands, for one line. */
export function caseState(found: Case): string {
  const [last] = found.signed ?? [];
  if (found.state !== 'signed' || last === undefined) return STATE_WORDS[found.state];
  const { signer, changed_since } = last;
  return changed_since ? say('Signed by {signer}, changed since', { signer }) : say('Signed by {signer}', { signer });
}

/** `Positive, grade 3`, `No answer yet`, `2 tumour, 1 benign`. */
export function resultWords(result: TaskResult): string {
  switch (result.call) {
    case 'positive':
      return result.worst_grade === null ? say('Positive') : say('Positive, grade {grade}', { grade: result.worst_grade });
    case 'negative':
      return say('Negative');
    case 'open':
      return openWords(result);
    case 'by_class':
      return listed(
        Object.entries(result.labels).map(([label, count]) => say('{count} {label}', { count, label: labelWords(label) })),
      );
  }
}

function openWords({ abstaining, without }: TaskResult): string {
  const reasons: string[] = [];
  if (abstaining.length === 1) reasons.push(say('1 slide without an answer'));
  if (abstaining.length > 1) reasons.push(say('{count} slides without an answer', { count: abstaining.length }));
  if (without.length === 1) reasons.push(say('1 slide not analysed'));
  if (without.length > 1) reasons.push(say('{count} slides not analysed', { count: without.length }));
  return reasons.length === 0 ? say('No answer yet') : say('No answer yet: {reasons}', { reasons: listed(reasons) });
}

export function tone(result: TaskResult): 'positive' | 'negative' | 'open' {
  return result.call === 'by_class' ? 'open' : result.call;
}

export function isSuspicious({ results }: Case): boolean {
  return (results ?? []).some(({ call }) => call === 'positive');
}

export function chosenCases(cases: readonly Case[], who: Who, name: string | null): Case[] {
  return cases.filter((found) => {
    switch (who) {
      case 'everyone':
        return true;
      case 'mine':
        return found.assignee !== null && found.assignee === name;
      case 'nobody':
        return found.assignee === null;
      case 'suspicious':
        return isSuspicious(found);
    }
  });
}
