/** What is put in place of `{name}` in a text. */
export type Values = Readonly<Record<string, string | number>>;

/** A language's texts by their English form. */
export type Dictionary = Readonly<Record<string, string>>;

let spoken: { locale: string; dictionary: Dictionary } = { locale: 'en-GB', dictionary: {} };

/** From now on texts are those of `dictionary`; the locale is that of numbers, times and dates. */
export function speak(locale: string, dictionary: Dictionary): void {
  spoken = { locale, dictionary };
}

/** A text that people read, with its values filled in. Texts are known by their English form. */
export function say(english: string, values: Values = {}): string {
  const text = spoken.dictionary[english] ?? english;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Several things in one line: `a, b, c`. */
export function listed(things: readonly string[]): string {
  return things.join(say(', '));
}

/** For `Intl`. */
export function locale(): string {
  return spoken.locale;
}
