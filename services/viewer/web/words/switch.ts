import { h } from '../dom';
import { choose, type Language } from './language';
import { say } from './say';

/** Each in its own words, for whoever cannot read the other. */
const NAMES: Record<Language, string> = { en: 'English', 'zh-CN': '中文' };

/** Chooses the language of the viewer. */
export function languageSwitch(): HTMLElement {
  const buttons = (Object.keys(NAMES) as Language[]).map((language) =>
    h(
      'button',
      { lang: language, 'aria-pressed': String(document.documentElement.lang === language), onclick: () => choose(language) },
      NAMES[language],
    ),
  );
  return h('div', { class: 'languages', role: 'group', 'aria-label': say('Language') }, buttons);
}
