import { say } from '../words/say';
import type { Alert } from './api';
import { gapWords } from './subgroup-words';

export function alertWords(alert: Alert): string {
  const { subject, week } = alert;
  switch (alert.kind) {
    case 'embedding_distance':
      return say('{subject}: the slides of {week} look unlike those it was accepted on', { subject, week });
    case 'abstention_rate':
      return say('{subject}: in {week} the share of slides without an answer left its limits', { subject, week });
    case 'override_rate':
      return say('{subject}: in {week} the share of overridden results left its limits', { subject, week });
    case 'subgroup_gap':
      return say('{group} ({week})', { group: gapWords(alert.detail.gap), week });
  }
}
