import { send } from '../api/client';
import { h } from '../dom';
import { icon } from '../icons';
import { say } from '../words/say';

/** Ends the session, and leads out of the provider too where the session came from there. */
export function signOutButton(failed: (error: unknown) => void): HTMLElement {
  const signOut = async (): Promise<void> => {
    const answer = await send('/auth/logout', { method: 'POST' });
    const { to } = (await answer.json()) as { to: string };
    location.assign(to);
  };
  const name = say('Sign out');
  const onclick = () => void signOut().catch(failed);
  return h('button', { class: 'icon-button sign-out', title: name, 'aria-label': name, onclick }, icon('leave'));
}
