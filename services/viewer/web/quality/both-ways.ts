import type { Prediction } from '../api/shapes';
import { type Content, fill, h } from '../dom';
import { say } from '../words/say';
import { answerWords, verdictWords, withoutWords } from './words';

/** The toggle that leaves flagged tiles out of the heatmap, and the call both ways. */
export class BothWays {
  private readonly tick = h('input', { type: 'checkbox', name: 'without_flagged' });
  private readonly verdict = h('strong', { class: 'quality-verdict', role: 'status' });
  private readonly answers = h('div', { class: 'quality-answers' });
  readonly element = h(
    'div',
    { class: 'quality-both-ways', hidden: true },
    h('label', { class: 'tick' }, this.tick, say('Without flagged tiles')),
    this.verdict,
    this.answers,
  );

  constructor(onChange: (isWithout: boolean) => void) {
    this.tick.addEventListener('change', () => {
      this.answers.hidden = !this.tick.checked;
      onChange(this.tick.checked);
    });
  }

  get isWithout(): boolean {
    return this.tick.checked;
  }

  show(prediction: Prediction): void {
    const without = prediction.evidence?.without_flagged;
    fill(this.verdict, verdictWords(without));
    this.tick.disabled = !without || without.kind === 'nothing_flagged';
    if (this.tick.disabled) this.tick.checked = false;
    fill(this.answers, without?.kind === 'answered' && answers(prediction, without.n_flagged, answerWords(without)));
    this.answers.hidden = !this.tick.checked;
    this.element.hidden = false;
  }
}

function answers(prediction: Prediction, n_flagged: number, without: string): Content {
  return [line(say('With all tiles'), answerWords(prediction)), line(withoutWords(n_flagged), without)];
}

function line(name: string, words: string): HTMLElement {
  return h('div', { class: 'probability-line' }, name, h('strong', {}, words));
}
