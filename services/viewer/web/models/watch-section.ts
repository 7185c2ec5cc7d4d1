import { explain } from '../api/problem';
import { type Content, fill, h } from '../dom';
import { say } from '../words/say';

interface Watch<Found> {
  title: string;
  /** What the last look found. */
  found: Found;
  /** What the button does, which looks now. */
  does: string;
  look: () => Promise<Found>;
  view: (found: Found) => Content;
}

/** A part of a model's card that is looked at once a day, and whenever somebody asks. */
export function watchSection<Found>({ title, found, does, look, view }: Watch<Found>): HTMLElement {
  const message = h('p', { class: 'form-message', role: 'status' });
  const place = h('div', { class: 'watch-found' }, view(found));
  const again = async () => {
    button.disabled = true;
    fill(message, say('Looking…'));
    try {
      fill(place, view(await look()));
      fill(message);
    } catch (error) {
      fill(message, explain(error));
    } finally {
      button.disabled = false;
      // A button that is disabled loses the focus.
      if (document.activeElement === document.body) button.focus();
    }
  };
  const button = h('button', { onclick: () => void again() }, does);
  const heading = h('h4', { tabindex: -1 }, title);
  return h('section', { class: 'model-part' }, h('div', { class: 'model-part-head' }, heading, button), message, place);
}
