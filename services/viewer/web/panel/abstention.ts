import type { Abstention, PredictionSet } from '../api/shapes';
import { capital } from '../list/standing';
import { formatCount, formatValue } from '../units/plain';

/** Why there is no call, in a few words for a list. */
export function abstentionTitle({ reason }: Abstention): string {
  switch (reason) {
    case 'scanner_not_allowed':
      return 'No call: scanner';
    case 'mpp_not_allowed':
      return 'No call: resolution';
    case 'too_little_tissue':
      return 'No call: too little tissue';
    case 'covariates_unknown':
      return 'No call: data missing';
    case 'out_of_distribution':
      return 'No call: unusual tissue';
    case 'uncertain':
      return 'No call: uncertain';
  }
}

/** Why there is no call, with its figures. */
export function abstentionWords(abstention: Abstention): string {
  switch (abstention.reason) {
    case 'scanner_not_allowed':
      return scannerWords(abstention.scanner, abstention.allowed);
    case 'mpp_not_allowed': {
      const { mpp, finest, coarsest } = abstention;
      return `The slide has ${formatValue(mpp)} µm per pixel; the task was shown to work from ${formatValue(finest)} to ${formatValue(coarsest)}.`;
    }
    case 'too_little_tissue': {
      const { n_instances, fewest } = abstention;
      return `The slide has ${formatCount(n_instances)} tiles of tissue; the task needs ${formatCount(fewest)}.`;
    }
    case 'covariates_unknown':
      return `The task also reads ${abstention.covariates.join(', ')}, which this slide was not given. Its maps are of the tissue alone.`;
    case 'out_of_distribution': {
      const { distance, limit, quantile } = abstention;
      return `The tissue looks unlike the training slides: distance ${formatValue(distance)}, where ${formatPercent(quantile)} of them lie within ${formatValue(limit)}.`;
    }
    case 'uncertain':
      return abstention.n_labels === 0
        ? 'The slide is unlike the training slides of every answer.'
        : `${abstention.n_labels} answers cannot be ruled out.`;
  }
}

/** Whether the figures of a result are those of its task, for a person to judge. */
export function leavesFigures(abstention: Abstention | null | undefined): boolean {
  return abstention?.reason !== 'covariates_unknown';
}

/** The answers that cannot be ruled out, and how far that can be relied on. */
export function setWords({ labels, alpha, basis }: PredictionSet): { labels: string; promise: string } {
  const named = labels.map((label) => capital(label.replaceAll('_', ' ')));
  return {
    labels: named.length === 0 ? 'None' : named.join(', '),
    promise:
      basis.kind === 'calibrated'
        ? `Holds the true answer for at least ${formatPercent(1 - alpha)} of slides like those it was calibrated on.`
        : `Nothing can be ruled out: ${basis.n_slides} calibration slides of “${basis.label}”, ${basis.needed} are needed.`,
  };
}

function scannerWords(scanner: string | null, allowed: string[]): string {
  const made = scanner === null ? 'The slide does not say which scanner made it' : `The slide was made by ${scanner}`;
  return `${made}; the task was shown to work on ${allowed.join(', ')}.`;
}

function formatPercent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
