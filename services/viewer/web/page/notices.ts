import { offerSignIn } from '../access/sign-in';
import { explain, Problem } from '../api/problem';
import { fill, h } from '../dom';
import { say } from '../words/say';

const SHOWN_MS = 8000;

/** Problems, said once and plainly. A session that ended covers the page until there is a new one. */
export class Notices {
  readonly element = h('div', { class: 'notices', role: 'alert' });
  private readonly dialog = h('dialog', { class: 'session-over' });
  private readonly shown = new Set<string>();

  constructor(root: HTMLElement) {
    root.append(this.element, this.dialog);
  }

  show(error: unknown): void {
    if (error instanceof Problem && error.isSessionOver) this.askForLogin();
    else this.say(explain(error));
  }

  /** The same message again while it is on the page adds nothing. */
  private say(message: string): void {
    if (this.shown.has(message)) return;
    this.shown.add(message);
    const remove = () => {
      notice.remove();
      this.shown.delete(message);
    };
    const notice = h('p', { class: 'notice' }, message, h('button', { onclick: remove }, say('Dismiss')));
    this.element.append(notice);
    setTimeout(remove, SHOWN_MS);
  }

  private askForLogin(): void {
    if (this.dialog.open) return;
    fill(
      this.dialog,
      h('h2', {}, say('Please log in')),
      h('p', {}, say('This browser has no session, or the one it had is over. Nothing is lost.')),
      h(
        'p',
        {},
        say(
          'Open a login link: {command} prints a new one each time it starts. If someone else runs this server, ask them for one.',
          { command: 'coverslip up' },
        ),
      ),
      h('button', { onclick: () => location.reload() }, say('Try again')),
    );
    this.dialog.showModal();
    // Where the server does not say, there are login links still.
    offerSignIn(this.dialog).catch(() => undefined);
  }
}
