import { say } from '../words/say';
import type { Change, Finding, ModelState, ModelTarget } from './api';

export function stateWords(state: ModelState): string {
  const words: Record<ModelState, string> = {
    draft: say('Draft'),
    shadow: say('In shadow'),
    active: say('Active'),
    retired: say('Retired'),
  };
  return words[state];
}

/** What a person may do with a task, and what follows from it. */
export interface Step {
  to: ModelTarget | 'before';
  does: string;
  follows: string;
}

/** Only the server knows whether it will be done. */
export function stepsFrom(state: ModelState): Step[] {
  const shadow: Step = {
    to: 'shadow',
    does: say('To shadow'),
    follows: say('It scores every slide, and nobody is shown what it says.'),
  };
  const retire: Step = { to: 'retired', does: say('Retire'), follows: say('It scores no slide any more. What it said stays.') };
  const promote: Step = {
    to: 'active',
    does: say('Promote'),
    follows: say('What it says is shown, and the version that is active now is retired.'),
  };
  const back: Step = {
    to: 'before',
    does: say('Roll back'),
    follows: say('The version before it is active again. What this one said is shown no longer.'),
  };
  return { draft: [shadow, retire], shadow: [promote, retire], active: [back, shadow, retire], retired: [shadow] }[state];
}

export function measureWords(measure: string): string {
  const words: Record<string, string> = {
    auc: say('AUC'),
    sensitivity: say('Sensitivity'),
    specificity: say('Specificity'),
    positive_predictive_value: say('Positive predictive value'),
    negative_predictive_value: say('Negative predictive value'),
    accuracy: say('Accuracy'),
    balanced_accuracy: say('Balanced accuracy'),
    quadratic_weighted_kappa: say('Weighted kappa'),
    off_by_two_or_more: say('Off by two grades or more'),
    expected_calibration_error: say('Calibration error'),
    brier: say('Brier score'),
  };
  return words[measure] ?? measure;
}

export function limitWords({ limit, judged_by }: Finding): string {
  const value = 'at_least' in limit ? say('at least {limit}', { limit: limit.at_least }) : say('at most {limit}', { limit: limit.at_most });
  return judged_by === 'interval' ? say('{limit}, by the interval', { limit: value }) : value;
}

export function causeWords({ cause }: Change): string {
  const words: Record<Change['cause'], string> = {
    registered: say('registered'),
    adopted: say('was in service before'),
    asked: say('moved by a person'),
    superseded: say('another version took its place'),
    rolled_back: say('rolled back'),
  };
  return words[cause];
}

export function percent(share: number | null): string {
  return share === null ? '–' : `${Math.round(share * 100)} %`;
}
