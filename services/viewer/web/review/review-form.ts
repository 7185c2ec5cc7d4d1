import { explain } from '../api/problem';
import { type Content, fill, h } from '../dom';

/** A form that says what went wrong, and cannot be sent twice while it is on its way. */
export function reviewForm(
  name: string,
  sendWords: string,
  content: Content,
  send: (fields: FormData) => Promise<void>,
): HTMLFormElement {
  const button = h('button', { type: 'submit' }, sendWords);
  const message = h('p', { class: 'form-message', role: 'status' });
  const submit = async () => {
    button.disabled = true;
    fill(message);
    try {
      await send(new FormData(form));
    } catch (error) {
      fill(message, explain(error));
    } finally {
      button.disabled = false;
    }
  };
  const onsubmit = (event: Event) => {
    event.preventDefault();
    void submit();
  };
  const form = h('form', { class: `review-form ${name}`, onsubmit }, content, button, message);
  return form;
}
