/** What an element may be filled with; `null` and `false` leave a gap, for conditions in line. */
export type Content = Node | string | number | null | undefined | false | readonly Content[];

type Attributes = Record<string, string | number | boolean | EventListener | null | undefined>;

/**
 * Makes an element. `onclick` and the like take listeners, `true` sets an empty attribute, and
 * `false`, `null` and `undefined` set none. Text is always text: nothing is parsed as HTML.
 */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...content: Content[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(key, String(value));
    }
  }
  append(element, content);
  return element;
}

/** Puts `content` in the place of what the element holds now. */
export function fill(element: Element, ...content: Content[]): void {
  element.replaceChildren();
  append(element, content);
}

function append(element: Element, content: Content): void {
  if (content === null || content === undefined || content === false) return;
  if (Array.isArray(content)) for (const part of content) append(element, part);
  else element.append(content instanceof Node ? content : String(content));
}

/** Sets a length or a share as a custom property, which the content security policy allows. */
export function setVariable(element: HTMLElement, name: string, value: string | number): void {
  element.style.setProperty(`--${name}`, String(value));
}
