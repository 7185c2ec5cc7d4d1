import { get } from '../api/client';
import { h } from '../dom';
import { say } from '../words/say';

interface Methods {
  /** Where people begin to sign in through the provider of the house; null where there is none. */
  sign_in: string | null;
}

/** Puts a way to sign in before what ends the dialog, where this server has one. */
export async function offerSignIn(dialog: HTMLElement): Promise<void> {
  const { sign_in } = await get<Methods>('/auth/methods');
  if (sign_in === null || dialog.querySelector('.sign-in') !== null) return;
  const href = signInAddress(sign_in, location);
  dialog.lastElementChild?.before(h('p', {}, h('a', { class: 'sign-in', href }, say('Sign in'))));
}

/** Leads back to this very place. */
export function signInAddress(signIn: string, place: Pick<Location, 'pathname' | 'search' | 'hash'>): string {
  return `${signIn}?to=${encodeURIComponent(place.pathname + place.search + place.hash)}`;
}
