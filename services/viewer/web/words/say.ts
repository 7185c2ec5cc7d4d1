/** What is put in place of `{name}` in a text. */
export type Values = Readonly<Record<string, string | number>>;

/** A text that people read, with its values filled in. Texts are known by their English form. */
export function say(english: string, values: Values = {}): string {
    return english.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
