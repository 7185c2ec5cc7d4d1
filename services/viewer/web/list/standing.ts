import { sentence } from '../api/problem';
import type { Progress, Slide, Stage } from '../api/shapes';
import { labelWords } from '../words/labels';
import { say } from '../words/say';

/** Where a slide stands, for a line of text and a bar. */
export interface Standing {
  label: string;
  tone: 'working' | 'done' | 'waiting' | 'failed';
  /** From 0 to 1 while a step is under way and its length is known. */
  share: number | null;
}

const MISSING_MPP = say(
  'The file does not say how many micrometres a pixel measures, and Coverslip never guesses it. ' +
    'Look it up with the scanner that made the slide, and enter it here.',
);

const IDENTITY = say(
  'Label, scanner and laboratory do not name the same slide. A pathologist or the laboratory says which it is, ' +
    'under “To be matched”; until then it is not analysed.',
);

const UNMATCHED = say(
  'Nothing tells which case the slide belongs to. It is analysed once its order comes, or a person says ' +
    'under “To be matched” which slide it is.',
);

const STEP_WORDS: Record<Stage, string> = {
  receive: say('Receiving'),
  tile: say('Tiling'),
  embed: say('Reading tissue'),
  score: say('Scoring'),
  evidence: say('Looking for evidence'),
};

export function standing(slide: Slide): Standing {
  switch (slide.status.state) {
    case 'received':
      return working(slide.progress, say('Waiting to be tiled'));
    case 'tiled':
      return working(slide.progress, say('Waiting to be read'));
    case 'embedded':
      return working(slide.progress, say('Waiting to be scored'));
    case 'scored':
      if (slide.awaits_impression) return { label: say('Ready for your first read'), tone: 'waiting', share: null };
      return { label: say('Analysed'), tone: 'done', share: null };
    case 'held':
      return { label: heldWords(slide), tone: 'waiting', share: null };
    case 'quarantined':
      return { label: say('Cannot be processed'), tone: 'failed', share: null };
  }
}

function heldWords(slide: Slide): string {
  if (isStopped(slide)) return say('Stopped');
  return awaitsMatch(slide) ? say('To be matched') : say('Needs attention');
}

/** In words, with how far the step is. */
export function standingWords({ label, share }: Standing): string {
  return share === null ? label : say('{step} {percent} %', { step: label, percent: Math.floor(share * 100) });
}

/** Whether a pyramid exists to look at. */
export function isViewable(slide: Slide): boolean {
  const { state } = slide.status;
  return state === 'tiled' || state === 'embedded' || state === 'scored' || (state === 'held' && !lacksMpp(slide));
}

export function lacksMpp(slide: Slide): boolean {
  return isHeldFor(slide, 'missing_mpp');
}

/** Whether a person stopped the analysis. */
export function isStopped(slide: Slide): boolean {
  return isHeldFor(slide, 'stopped');
}

/** Whether it waits to be told which slide it is. */
export function awaitsMatch(slide: Slide): boolean {
  return isHeldFor(slide, 'identity') || isHeldFor(slide, 'unmatched');
}

function isHeldFor({ status: { reason } }: Slide, code: string): boolean {
  return typeof reason === 'object' && reason.code === code;
}

/** `Tumour, grade 3`, `Tumour detected`, `No tumour`. */
export function callWords(slide: Slide): string | null {
  if (!slide.call) return null;
  const label = capital(labelWords(slide.call.label));
  if (!slide.call.is_positive) return label;
  return slide.grade
    ? say('{finding}, grade {grade}', { finding: label, grade: slide.grade.value })
    : say('{finding} detected', { finding: label });
}

/** Why a slide does not go on, and what to do; `null` if it does. */
export function obstacle(slide: Slide): string | null {
  if (lacksMpp(slide)) return MISSING_MPP;
  if (isHeldFor(slide, 'identity')) return IDENTITY;
  if (isHeldFor(slide, 'unmatched')) return UNMATCHED;
  return slide.reason_text ? sentence(slide.reason_text) : null;
}

export function slideName(slide: Slide): string {
  return slide.file_name ?? say('Slide {id}', { id: slide.id.slice(0, 8) });
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function working(progress: Progress | null | undefined, waiting: string): Standing {
  if (!progress) return { label: waiting, tone: 'working', share: null };
  const share = progress.total > 0 ? Math.min(1, progress.done / progress.total) : null;
  return { label: STEP_WORDS[progress.stage], tone: 'working', share };
}
