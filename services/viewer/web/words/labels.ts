import { say } from './say';

/** What tasks commonly call their classes; a task's other names stay as they are. */
const LABELS = new Map([
  ['benign', say('benign')],
  ['malignant', say('malignant')],
  ['normal', say('normal')],
  ['no_tumour', say('no tumour')],
  ['tumour', say('tumour')],
]);

const SCALES = new Map([['ISUP grade group', say('ISUP grade group')]]);

/** The name of a class, in lower case as within a sentence. */
export function labelWords(label: string): string {
  return LABELS.get(label) ?? label.replaceAll('_', ' ');
}

/** The name of a scale of grades. */
export function scaleWords(scale: string): string {
  return SCALES.get(scale) ?? scale;
}
