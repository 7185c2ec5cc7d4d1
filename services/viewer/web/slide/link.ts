import { say } from '../words/say';

/** Browsers give the clipboard to pages of https and of this machine only. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard === undefined) {
    throw new Error(say('this page may not copy, for it is not on https: the address bar holds the same link'));
  }
  await navigator.clipboard.writeText(text);
}
