import { paths } from '../api/client';
import type { Level, Manifest, Slide, Stage, StageTiming } from '../api/shapes';
import { type Content, h } from '../dom';
import { capital } from '../list/standing';
import { identityOf } from '../matching/api';
import { readingWords } from '../matching/words';
import { drawOutline, type Tissue } from '../slide/tissue';
import { formatArea } from '../units/length';
import { formatResolution } from '../units/magnification';
import { formatBytes, formatCount, formatSeconds, formatTime } from '../units/plain';
import { say } from '../words/say';
import { hashButton } from './hash';
import { facts, section } from './section';

const STAGE_WORDS: Record<Stage, string> = {
  receive: say('Receive'),
  tile: say('Tile'),
  embed: say('Embed'),
  score: say('Score'),
  evidence: say('Evidence'),
};
const ORIGIN_WORDS: Record<Level['origin'], string> = {
  copied: say('copied bit for bit'),
  transcoded: say('converted'),
  halved: say('made from the level above'),
};

/** What is known of the slide itself. */
export function infoSection(slide: Slide, manifest: Manifest, tissue: Tissue): HTMLElement {
  const { size, mpp } = manifest;
  return section(
    'info',
    say('Slide'),
    overview(manifest, tissue),
    facts(
      [say('Received'), formatTime(slide.received_at)],
      [say('Format'), manifest.format],
      [say('Scanner'), manifest.scanner],
      [say('Objective'), manifest.objective_power === null ? null : `${manifest.objective_power}×`],
      [say('Resolution'), MPP_WORDS[manifest.mpp_source](formatResolution(mpp))],
      [say('Size'), `${formatCount(size.width)} × ${formatCount(size.height)} px`],
      [say('On the glass'), formatArea(size.width * mpp, size.height * mpp)],
      [say('Tissue'), `${tissue.areaMm2().toFixed(1)} mm²`],
      [say('Colour profile'), manifest.icc === null ? say('none') : formatBytes(manifest.icc.bytes)],
      ...removedPictures(manifest),
      [say('File hash'), hashButton(manifest.original)],
      [say('Pyramid hash'), hashButton(manifest.pyramid)],
    ),
    levelTable(manifest),
    associatedPictures(manifest),
  );
}

export function timingSection(timings: readonly StageTiming[]): HTMLElement | null {
  if (timings.length === 0) return null;
  return section(
    'timing',
    say('Time taken'),
    facts(...timings.map(({ stage, wall_s }) => [STAGE_WORDS[stage], formatSeconds(wall_s)] as const)),
  );
}

const MPP_WORDS: Record<Manifest['mpp_source'], (resolution: string) => string> = {
  file: (resolution) => say('{resolution}, from the file', { resolution }),
  operator: (resolution) => say('{resolution}, given by a person', { resolution }),
};

/** The whole slide with the outline of its tissue. */
function overview(manifest: Manifest, tissue: Tissue): HTMLElement {
  const canvas = h('canvas', {});
  const picture = h('img', { src: paths.thumbnail(manifest.slide), alt: say('The whole slide') });
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
  return h('figure', { class: 'overview' }, picture, canvas, h('figcaption', {}, say('Tissue found')));
}

function levelTable({ levels }: Manifest): HTMLElement {
  const row = (level: Level) => {
    const size = `${formatCount(level.size.width)} × ${formatCount(level.size.height)}`;
    const cells: Content[] = [level.level, size, Number(level.mpp.toPrecision(3)), formatBytes(level.bytes)];
    return h('tr', { title: capital(ORIGIN_WORDS[level.origin]) }, cells.map((cell) => h('td', {}, cell)));
  };
  const names = [say('Level'), say('Pixels'), 'µm/px', say('Stored')];
  return h(
    'table',
    { class: 'levels' },
    h('thead', {}, h('tr', {}, names.map((name) => h('th', {}, name)))),
    h('tbody', {}, levels.map(row)),
  );
}

/** What scanners add to a slide; another name stays as it is. */
const PICTURE_WORDS = new Map([
  ['label', say('label')],
  ['macro', say('macro')],
  ['overview', say('overview')],
  ['thumbnail', say('thumbnail')],
]);

/** Nothing where nobody asked for it. */
function removedPictures({ deidentification }: Manifest): (readonly [string, string])[] {
  if (deidentification === undefined) return [];
  return [[say('Label and macro'), say('removed on request ({codes})', { codes: deidentification.methods.join(', ') })]];
}

/** Labels and macros may name a patient: they are fetched only when someone asks. */
function associatedPictures({ slide, associated }: Manifest): HTMLElement | null {
  if (associated.length === 0) return null;
  return h(
    'div',
    { class: 'associated' },
    associated.map(({ name }) => {
      const place = h('div', {});
      const words = PICTURE_WORDS.get(name) ?? name;
      const show = () => {
        const picture = h('img', { src: paths.associated(slide, name), alt: capital(words) });
        picture.addEventListener('error', () =>
          place.replaceChildren(say('You may not see the {picture} with this role.', { picture: words })),
        );
        place.replaceChildren(picture);
        if (name === 'label') picture.addEventListener('load', () => void sayWhatWasRead(slide, place).catch(() => undefined));
      };
      place.append(h('button', { onclick: show }, say('Show {picture}', { picture: words })));
      return place;
    }),
  );
}

/** Whoever may see the label may know what its barcode says. */
async function sayWhatWasRead(slide: string, place: HTMLElement): Promise<void> {
  const words = readingWords(await identityOf(slide));
  if (words !== null) place.append(h('p', {}, words));
}
