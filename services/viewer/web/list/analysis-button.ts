import { setAnalysis } from '../api/client';
import { explain } from '../api/problem';
import { fill, h } from '../dom';
import { say } from '../words/say';

const WORDS = { stop: say('Stop reading'), resume: say('Resume') } as const;

/** Stops the analysis of a slide, or lets a stopped one go on. */
export function analysisButton(id: string, wish: 'stop' | 'resume'): HTMLElement {
  const message = h('p', { class: 'form-message', role: 'status' });
  const button = h('button', { type: 'button', class: 'analysis-button' }, WORDS[wish]);
  const act = async () => {
    button.disabled = true;
    try {
      await setAnalysis(id, wish);
    } catch (error) {
      fill(message, explain(error));
      button.disabled = false;
    }
  };
  button.addEventListener('click', () => void act());
  return h('div', { class: 'analysis' }, button, message);
}
