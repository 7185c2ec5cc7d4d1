/** Line drawings on a 24 x 24 grid. */
const DRAWINGS = {
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  fit: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5M9 9h6v6H9z',
  turnLeft: 'M4 9h10a6 6 0 0 1 0 12h-3M4 9l4-4M4 9l4 4',
  turnRight: 'M20 9H10a6 6 0 0 0 0 12h3M20 9l-4-4M20 9l-4 4',
  heatmap: 'M4 4h5v5H4zM9.5 4h5v5h-5zM15 4h5v5h-5zM4 9.5h5v5H4zM9.5 9.5h5v5h-5zM4 15h5v5H4z',
  tissue: 'M5 13c-1-5 3-9 7-8s8 3 7 8-4 6-7 6-6-2-7-6zM10 12a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0',
  marks: 'M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M12 9v6M9 12h6',
  fullScreen: 'M8 4H4v4M16 4h4v4M20 16v4h-4M4 16v4h4',
  help: 'M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4M12 17.5v.5',
  upright: 'M12 20V5M6 11l6-6 6 6M5 20h14',
  line: 'M4 20L20 4M4 16v4h4M16 4h4v4',
  area: 'M5 8l8-4 6 7-3 8-9 1z',
  upload: 'M12 16V5M7.5 9.5L12 5l4.5 4.5M4 16v4h16v-4',
  colour: 'M12 3c4 5 6 8 6 11a6 6 0 0 1-12 0c0-3 2-6 6-11zM12 3v17M12 9l4 3M12 14l5 3',
  panel: 'M4 5h16v14H4zM14 5v14M16.5 9h1.5M16.5 12h1.5',
  beside: 'M4 5h7v14H4zM13 5h7v14h-7z',
  share: 'M14 4h6v6M20 4l-9 9M10 6H5v13h13v-5',
  link: 'M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1',
  back: 'M15 5l-7 7 7 7',
  close: 'M6 6l12 12M18 6L6 18',
  leave: 'M14 4h6v16h-6M4 12h11M8 8l-4 4 4 4',
} as const;

export type IconName = keyof typeof DRAWINGS;

const SVG = 'http://www.w3.org/2000/svg';

/** A drawing in the colour of the text around it; the button around it carries the words. */
export function icon(name: IconName): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', DRAWINGS[name]);
  svg.append(path);
  return svg;
}
