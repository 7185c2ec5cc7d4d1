const SVG = 'http://www.w3.org/2000/svg';

export type Mark = 'value' | 'out' | 'whole';

/** Told apart by its shape as well as by its colour. */
export function mark(x: number, y: number, kind: Mark): SVGElement {
  switch (kind) {
    case 'value':
      return element('circle', { class: 'chart-mark', cx: x, cy: y, r: 3 });
    case 'out':
      return element('path', { class: 'chart-out', d: `M${x} ${y - 6}l6 10h-12z` });
    case 'whole':
      return element('path', { class: 'chart-whole', d: `M${x} ${y - 6}l6 6l-6 6l-6 -6z` });
  }
}

export function label(x: number, y: number, anchor: string, words: string): SVGElement {
  const text = element('text', { class: 'chart-label', x, y, 'text-anchor': anchor });
  text.textContent = words;
  return text;
}

export function element(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
