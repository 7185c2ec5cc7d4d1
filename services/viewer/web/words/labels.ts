import { say } from './say';

/** What tasks commonly call their classes; a task's other names stay as they are. */
const LABELS: Readonly<Record<string, string>> = {
  benign: say('benign'),
  malignant: say('malignant'),
  normal: say('normal'),
  no_tumour: say('no tumour'),
  tumour: say('tumour'),
};

const SCALES: Readonly<Record<string, string>> = { 'ISUP grade group': say('ISUP grade group') };

/** The name of a class, in lower case as within a sentence. */
export function labelWords(label: string): string {
  return LABELS[label] ?? label.replaceAll('_', ' ');
}

/** The name of a scale of grades. */
export function scaleWords(scale: string): string {
  return SCALES[scale] ?? scale;
}
