import { giveMpp } from '../api/client';
import { explain } from '../api/problem';
import { fill, h } from '../dom';
import { say } from '../words/say';

/** Asks a person for the micrometres per pixel of a slide that does not state them. */
export function mppForm(id: string): HTMLFormElement {
  const field = h('input', {
    type: 'number',
    name: 'mpp',
    min: 0.01,
    max: 1000,
    step: 'any',
    required: true,
    'aria-label': say('Micrometres per pixel'),
  });
  const button = h('button', { type: 'submit' }, say('Continue'));
  const message = h('p', { class: 'form-message', role: 'status' });
  const submit = async () => {
    button.disabled = true;
    try {
      await giveMpp(id, field.valueAsNumber);
      fill(message, say('Thank you: the slide goes on.'));
    } catch (error) {
      fill(message, explain(error));
      button.disabled = false;
    }
  };
  const onsubmit = (event: Event) => {
    event.preventDefault();
    void submit();
  };
  return h(
    'form',
    { class: 'mpp-form', onsubmit },
    h('label', {}, field, h('span', {}, say('µm per pixel'))),
    button,
    message,
  );
}
