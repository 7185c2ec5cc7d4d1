import type { Case, CaseState, Priority, TaskResult } from '../api/case-shapes';

export type Who = 'everyone' | 'mine' | 'nobody' | 'suspicious';

const STATE_WORDS: Record<CaseState, string> = {
  awaiting_slides: 'Waiting for slides',
  analysing: 'Being analysed',
  ready: 'Ready to read',
  in_review: 'In review',
  signed: 'Signed',
};

export const PRIORITY_WORDS: Record<Priority, string> = { routine: 'Routine', urgent: 'Urgent', stat: 'Stat' };

/** Where a case stands, for one line. */
export function caseState(found: Case): string {
  const [last] = found.signed ?? [];
  if (found.state !== 'signed' || last === undefined) return STATE_WORDS[found.state];
  const changed = last.changed_since ? ', changed since' : '';
  return `Signed by ${last.signer}${changed}`;
}

/** `Positive, grade 3`, `No answer yet`, `2 tumour, 1 benign`. */
export function resultWords(result: TaskResult): string {
  switch (result.call) {
    case 'positive':
      return result.worst_grade === null ? 'Positive' : `Positive, grade ${result.worst_grade}`;
    case 'negative':
      return 'Negative';
    case 'open':
      return openWords(result);
    case 'by_class':
      return Object.entries(result.labels)
        .map(([label, count]) => `${count} ${label.replaceAll('_', ' ')}`)
        .join(', ');
  }
}

function openWords({ abstaining, without }: TaskResult): string {
  const reasons = [];
  if (abstaining.length > 0) reasons.push(`${count(abstaining.length, 'slide')} without an answer`);
  if (without.length > 0) reasons.push(`${count(without.length, 'slide')} not analysed`);
  return reasons.length === 0 ? 'No answer yet' : `No answer yet: ${reasons.join(', ')}`;
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

export function count(n: number, what: string): string {
  return n === 1 ? `1 ${what}` : `${n} ${what}s`;
}
