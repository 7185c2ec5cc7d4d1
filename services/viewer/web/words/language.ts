import { speak } from './say';

/** The languages of the viewer, as `lang` names them. */
export type Language = 'en' | 'zh-CN';

const KEY = 'coverslip.language';

/** What a person chose, else the first of their browser's languages that the viewer speaks. */
export function wantedLanguage(chosen: string | null, preferred: readonly string[]): Language {
  const known = [chosen ?? '', ...preferred].map(languageOf);
  return known.find((language) => language !== null) ?? 'en';
}

/** Speaks the wanted language; must come before any other module says a text. */
export async function speakWanted(): Promise<void> {
  const language = wantedLanguage(read(), navigator.languages);
  document.documentElement.lang = language;
  if (language === 'en') return;
  const { CHINESE } = await import('./chinese');
  speak(language, CHINESE);
}

/** Keeps the choice for the next time this page is opened, and opens it again at the same place. */
export function choose(language: Language): void {
  write(language);
  location.reload();
}

/** The region says how English is written, not what it is; all of Chinese is nearer to the one there is. */
function languageOf(tag: string): Language | null {
  const [name] = tag.toLowerCase().split('-');
  if (name === 'zh') return 'zh-CN';
  return name === 'en' ? 'en' : null;
}

/** A browser may be told to keep nothing. */
function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function write(language: Language): void {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    return;
  }
}
