import type { Abstention, PredictionSet } from '../api/shapes';
import { capital } from '../list/standing';
import { formatCount, formatValue } from '../units/plain';
import { labelWords } from '../words/labels';
import { listed, say } from '../words/say';

/** Why there is no call, in a few words for a list. */
export function abstentionTitle({ reason }: Abstention): string {
  switch (reason) {
    case 'scanner_not_allowed':
      return say('No call: scanner');
    case 'mpp_not_allowed':
      return say('No call: resolution');
    case 'too_little_tissue':
      return say('No call: too little tissue');
    case 'covariates_unknown':
      return say('No call: data missing');
    case 'out_of_distribution':
      return say('No call: unusual tissue');
    case 'declined':
      return say('No call: no answer');
    case 'uncertain':
      return say('No call: uncertain');
  }
}

/** Why there is no call, with its figures. */
export function abstentionWords(abstention: Abstention): string {
  switch (abstention.reason) {
    case 'scanner_not_allowed':
      return scannerWords(abstention.scanner, abstention.allowed);
    case 'mpp_not_allowed': {
      const { mpp, finest, coarsest } = abstention;
      return say('The slide has {mpp} µm per pixel; the task was shown to work from {finest} to {coarsest}.', {
        mpp: formatValue(mpp),
        finest: formatValue(finest),
        coarsest: formatValue(coarsest),
      });
    }
    case 'too_little_tissue': {
      const { n_instances, fewest } = abstention;
      const needed = formatCount(fewest);
      if (n_instances === 1) return say('The slide has 1 tile of tissue; the task needs {needed}.', { needed });
      return say('The slide has {count} tiles of tissue; the task needs {needed}.', { count: formatCount(n_instances), needed });
    }
    case 'covariates_unknown':
      return say('The task also reads {covariates}, which this slide was not given. Its maps are of the tissue alone.', {
        covariates: listed(abstention.covariates),
      });
    case 'out_of_distribution': {
      const { distance, limit, quantile } = abstention;
      return say(
        'The tissue looks unlike the training slides: distance {distance}, where {percent} % of them lie within {limit}.',
        { distance: formatValue(distance), percent: percent(quantile), limit: formatValue(limit) },
      );
    }
    case 'declined':
      return say('The task’s service gave no answer: {words}', { words: abstention.words });
    case 'uncertain':
      return abstention.n_labels === 0
        ? say('The slide is unlike the training slides of every answer.')
        : say('{count} answers cannot be ruled out.', { count: abstention.n_labels });
  }
}

/** Whether the figures of a result are those of its task, for a person to judge. */
export function leavesFigures(abstention: Abstention | null | undefined): boolean {
  return abstention?.reason !== 'covariates_unknown' && abstention?.reason !== 'declined';
}

/** The answers that cannot be ruled out, and how far that can be relied on. */
export function setWords({ labels, alpha, basis }: PredictionSet): { labels: string; promise: string } {
  const named = labels.map((label) => capital(labelWords(label)));
  return {
    labels: named.length === 0 ? say('None') : listed(named),
    promise:
      basis.kind === 'calibrated'
        ? say('Holds the true answer for at least {percent} % of slides like those it was calibrated on.', { percent: percent(1 - alpha) })
        : tooFewWords(basis.n_slides, basis.label, basis.needed),
  };
}

function scannerWords(scanner: string | null, allowed: string[]): string {
  const scanners = listed(allowed);
  return scanner === null
    ? say('The slide does not say which scanner made it; the task was shown to work on {scanners}.', { scanners })
    : say('The slide was made by {scanner}; the task was shown to work on {scanners}.', { scanner, scanners });
}

function tooFewWords(n_slides: number, label: string, needed: number): string {
  const values = { label: labelWords(label), needed };
  if (n_slides === 1) return say('Nothing can be ruled out: 1 calibration slide of “{label}”, {needed} are needed.', values);
  return say('Nothing can be ruled out: {count} calibration slides of “{label}”, {needed} are needed.', {
    count: n_slides,
    ...values,
  });
}

function percent(share: number): number {
  return Number((share * 100).toFixed(1));
}
