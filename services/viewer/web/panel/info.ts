import { paths } from '../api/client';
import type { Level, Manifest, Slide, Stage, StageTiming } from '../api/shapes';
import { type Content, h } from '../dom';
import { capital } from '../list/standing';
import { drawOutline, type Tissue } from '../slide/tissue';
import { formatArea } from '../units/length';
import { formatResolution } from '../units/magnification';
import { formatBytes, formatCount, formatSeconds, formatTime } from '../units/plain';
import { hashButton } from './hash';
import { facts, section } from './section';

const STAGE_WORDS: Record<Stage, string> = { receive: 'Receive', tile: 'Tile', embed: 'Embed', score: 'Score', evidence: 'Evidence' };
const ORIGIN_WORDS: Record<Level['origin'], string> = {
  copied: 'copied bit for bit',
  transcoded: 'converted',
  halved: 'made from the level above',
};

/** What is known of the slide itself. */
export function infoSection(slide: Slide, manifest: Manifest, tissue: Tissue): HTMLElement {
  const { size, mpp } = manifest;
  return section(
    'info',
    'Slide',
    overview(manifest, tissue),
    facts(
      ['Received', formatTime(slide.received_at)],
      ['Format', manifest.format],
      ['Scanner', manifest.scanner],
      ['Objective', manifest.objective_power === null ? null : `${manifest.objective_power}×`],
      ['Resolution', `${formatResolution(mpp)}, ${MPP_SOURCE_WORDS[manifest.mpp_source]}`],
      ['Size', `${formatCount(size.width)} × ${formatCount(size.height)} px`],
      ['On the glass', formatArea(size.width * mpp, size.height * mpp)],
      ['Tissue', `${tissue.areaMm2().toFixed(1)} mm²`],
      ['Colour profile', manifest.icc === null ? 'none' : formatBytes(manifest.icc.bytes)],
      ['File hash', hashButton(manifest.original)],
      ['Pyramid hash', hashButton(manifest.pyramid)],
    ),
    levelTable(manifest),
    associatedPictures(manifest),
  );
}

export function timingSection(timings: readonly StageTiming[]): HTMLElement | null {
  if (timings.length === 0) return null;
  return section(
    'timing',
    'Time taken',
    facts(...timings.map(({ stage, wall_s }) => [STAGE_WORDS[stage], formatSeconds(wall_s)] as const)),
  );
}

const MPP_SOURCE_WORDS: Record<Manifest['mpp_source'], string> = {
  file: 'from the file',
  operator: 'given by a person',
};

/** The whole slide with the outline of its tissue. */
function overview(manifest: Manifest, tissue: Tissue): HTMLElement {
  const canvas = h('canvas', {});
  const picture = h('img', { src: paths.thumbnail(manifest.slide), alt: 'The whole slide' });
  picture.addEventListener('load', () => {
    canvas.width = picture.naturalWidth;
    canvas.height = picture.naturalHeight;
    const context = canvas.getContext('2d');
    if (context === null) return;
    const cell_px = tissue.cell_um / manifest.mpp;
    drawOutline(context, tissue, [
      (cell_px * canvas.width) / manifest.size.width,
      (cell_px * canvas.height) / manifest.size.height,
    ]);
  });
  return h('figure', { class: 'overview' }, picture, canvas, h('figcaption', {}, 'Tissue found'));
}

function levelTable({ levels }: Manifest): HTMLElement {
  const row = (level: Level) => {
    const size = `${formatCount(level.size.width)} × ${formatCount(level.size.height)}`;
    const cells: Content[] = [level.level, size, Number(level.mpp.toPrecision(3)), formatBytes(level.bytes)];
    return h('tr', { title: capital(ORIGIN_WORDS[level.origin]) }, cells.map((cell) => h('td', {}, cell)));
  };
  const names = ['Level', 'Pixels', 'µm/px', 'Stored'];
  return h(
    'table',
    { class: 'levels' },
    h('thead', {}, h('tr', {}, names.map((name) => h('th', {}, name)))),
    h('tbody', {}, levels.map(row)),
  );
}

/** Labels and macros may name a patient: they are fetched only when someone asks. */
function associatedPictures({ slide, associated }: Manifest): HTMLElement | null {
  if (associated.length === 0) return null;
  return h(
    'div',
    { class: 'associated' },
    associated.map(({ name }) => {
      const place = h('div', {});
      const show = () => {
        const picture = h('img', { src: paths.associated(slide, name), alt: capital(name) });
        picture.addEventListener('error', () => place.replaceChildren(`You may not see the ${name} with this role.`));
        place.replaceChildren(picture);
      };
      place.append(h('button', { onclick: show }, `Show ${name}`));
      return place;
    }),
  );
}
