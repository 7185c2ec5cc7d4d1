// The viewer of Slim shows a slide and what tasks said of it as it finds them by DICOMweb.
//
//     node check.mjs DATA [SCREENSHOT]      the data folder of an installation with one analysed slide
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { changedShare, coarse, difference, differenceMoved } from '../../../services/viewer/e2e/pixels.mjs';
import { machine, run, start } from '../fhir/coverslip.mjs';
import { openPage } from './viewer.mjs';

const [data, screenshot] = process.argv.slice(2);
const SIZE = { width: 900, height: 800 };
/** The browser's decoder and ours differ by less, in mean levels of 255, once squares of SIDE pixels are one. */
const NEAR_ENOUGH = 2;
const SIDE = 8;

const [slide] = readdirSync(join(data, 'objects/slides'));
const logs = mkdtempSync(join(tmpdir(), 'slim-'));
const server = await start(data, join(logs, 'server.log'));
const ask = machine(server, data, 'pathologist');
const token = run('token', 'create', '--role', 'pathologist', '--data', data);
const { mpp, size } = (await ask('GET', `/api/v1/slides/${slide}`)).body;
const [prediction] = (await ask('GET', `/api/v1/slides/${slide}/predictions`)).body.predictions;
/** Slide pixels to a pixel of the page where all of it is seen. */
const far = Math.max(size.width / SIZE.width, size.height / SIZE.height);
const view = await openPage(server.base, SIZE);
try {
  await theStudyIsFound();
  const all = await theSlideIsSeen();
  await itIsSeenCloseBy();
  await eachMapHasTheColoursOfItsValues(all);
  await tilesThatWereFoundAreMarked(all);
  await theHottestTilesAreFramed(all);
  assert.deepEqual(await view.problems(), []);
} finally {
  await view.browser.close();
  server.stop();
  rmSync(logs, { recursive: true });
}

async function theStudyIsFound() {
  const found = await view.ask('open', token);
  const kinds = new Set(found.map((one) => one.split(' ')[0]));
  assert.deepEqual([...kinds], ['ANN', 'OT', 'SEG', 'SM', 'SR'], String(found));
  console.log(`Slim's viewer in Chromium ${view.version}: ${found.join(', ')}`);
}

async function theSlideIsSeen() {
  await view.ask('look', { resolution: far, x: size.width / 2, y: size.height / 2 });
  const all = { x: 0, y: 0, width: size.width, height: size.height };
  const off = await isLikeOurs(all, far);
  console.log(`the slide: ${off.here.toFixed(2)} levels off what we draw, ${off.moved.toFixed(2)} if it lay ${SIDE} pixels aside`);
  return view.seen();
}

async function itIsSeenCloseBy() {
  const tile = inPixels(prediction.top_tiles[0].rect_um);
  const [x, y] = [Math.round(tile.x + tile.width / 2), Math.round(tile.y + tile.height / 2)];
  await view.ask('look', { resolution: 1, x, y });
  const off = await isLikeOurs({ x: x - 200, y: y - 200, width: 400, height: 400 }, 1);
  console.log(`its hottest tile: ${off.here.toFixed(2)} levels off, ${off.moved.toFixed(2)} aside`);
  await view.ask('look', { resolution: far, x: size.width / 2, y: size.height / 2 });
}

/** A part of the slide is what IIIF gives of it, half a turn round, and would not be a step to any side. */
async function isLikeOurs({ x, y, width, height }, resolution) {
  // Slim turns a slide so that its label is on the right.
  const [[right, bottom], [left, top]] = await view.ask('places', [[x, y], [x + width, y + height]]);
  const [wide, high] = [width / resolution, height / resolution];
  assert.ok(Math.abs(right - left - wide) < 0.01 && Math.abs(bottom - top - high) < 0.01, `${left} ${top} ${right} ${bottom}`);
  const [columns, rows] = [Math.floor(wide + 0.01), Math.floor(high + 0.01)];
  const region = `${x},${y},${Math.round(columns * resolution)},${Math.round(rows * resolution)}/${columns},${rows}`;
  const drawn = await drawnByUs(`/iiif/3/${slide}/${region}/0/default.png`);
  const ours = coarse(turned(drawn), SIDE);
  const box = { x: Math.round(right) - columns, y: Math.round(bottom) - rows, width: columns, height: rows };
  const seen = coarse(await view.seen(box), SIDE);
  const here = difference(ours, seen);
  const steps = [[1, 0], [-1, 0], [0, 1], [0, -1]];
  const moved = Math.min(...steps.map(([dx, dy]) => differenceMoved(ours, seen, dx, dy)));
  assert.ok(here < NEAR_ENOUGH, `${region}: ${here} levels off`);
  assert.ok(moved > 2 * here, `${region}: ${here} levels off, but ${moved} if it lay aside`);
  return { here, moved };
}

function turned({ width, height, data }) {
  const pixels = new Uint32Array(data.buffer, data.byteOffset, width * height);
  return { width, height, data: Buffer.from(pixels.slice().reverse().buffer) };
}

async function drawnByUs(path) {
  const answer = await fetch(server.base + path, { headers: { Authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200, path);
  return view.picture(Buffer.from(await answer.arrayBuffer()));
}

/** Of every cell, all over it: what the viewer makes of the value that REST gives. */
async function eachMapHasTheColoursOfItsValues(all) {
  const maps = await view.ask('addMaps');
  const layers = prediction.evidence.layers.map(({ layer }) => layer);
  assert.deepEqual(maps.map(({ label }) => label).sort(), [...layers].sort());
  for (const map of maps) {
    const cells = await cellsOf(map.label);
    await view.ask('showMap', map.uid, { opacity: 1, blurred: false });
    const seen = await view.seen();
    const shown = new Set();
    for (const { value, points } of cells) {
      const index = indexOf(value, map);
      for (const point of points) {
        const off = Math.min(...[index - 1, index, index + 1].map((near) => apart(colourAt(seen, point), map.colours[near])));
        assert.ok(off <= 3, `${map.label}: ${value} is drawn as ${colourAt(seen, point)}, not ${map.colours[index]}`);
      }
      shown.add(index);
    }
    assert.ok(shown.size > 3, `${map.label} has but ${shown.size} colours`);
    if (map.label === 'attention' && screenshot) await picture(map);
    await view.ask('hideMap', map.uid);
    assert.equal(changedShare(all, await view.seen()), 0, `${map.label} is hidden again`);
    console.log(`map ${map.label}: ${cells.length} cells in ${shown.size} colours`);
  }
}

async function picture({ uid }) {
  await view.ask('showMap', uid, { opacity: 0.5, blurred: true });
  await view.save(screenshot);
}

async function tilesThatWereFoundAreMarked(all) {
  const labels = await view.ask('showSegments');
  assert.equal(labels.length, 1);
  const seen = await view.seen();
  const threshold = prediction.threshold ?? 0.5;
  let found = 0;
  for (const { value, points } of await cellsOf('tile')) {
    const isFound = value >= threshold;
    found += isFound;
    for (const point of points) {
      const change = apart(colourAt(all, point), colourAt(seen, point));
      assert.ok(isFound ? change > 12 : change <= 3, `a tile of ${value} is changed by ${change}`);
    }
  }
  assert.ok(found > 0);
  await view.ask('hideSegments');
  console.log(`segmentation "${labels[0]}": ${found} tiles marked, no other`);
}

async function theHottestTilesAreFramed(all) {
  const labels = await view.ask('showAnnotations');
  assert.equal(labels.length, 1);
  const seen = await view.seen();
  const tiles = prediction.top_tiles.map(({ rect_um }) => inPixels(rect_um));
  const corners = tiles.flatMap(({ x, y, width, height }) => [[x, y], [x + width, y + height]]);
  const places = await view.ask('places', corners);
  // Half a turn round.
  const frames = tiles.map((_, at) => [...places[2 * at + 1], ...places[2 * at]]);
  for (const [left, top, right, bottom] of frames) {
    const middles = [[(left + right) / 2, top], [(left + right) / 2, bottom], [left, (top + bottom) / 2], [right, (top + bottom) / 2]];
    for (const point of middles) assert.ok(isChangedNear(point), `no frame at ${point}`);
  }
  for (let at = 0; at < seen.width * seen.height; at += 1) {
    const point = [at % seen.width, Math.floor(at / seen.width)];
    if (!isChanged(point)) continue;
    assert.ok(frames.some((frame) => isOnEdge(point, frame)), `a change at ${point}`);
  }
  console.log(`annotations "${labels[0]}": ${tiles.length} tiles framed`);

  function isChanged(point) {
    return apart(colourAt(all, point), colourAt(seen, point)) > 12;
  }
  function isChangedNear([x, y]) {
    const steps = [-2, -1, 0, 1, 2];
    return steps.some((dx) => steps.some((dy) => isChanged([x + dx, y + dy])));
  }
}

function isOnEdge([x, y], [left, top, right, bottom]) {
  const WIDE = 5;
  const isWithin = x > left - WIDE && x < right + WIDE && y > top - WIDE && y < bottom + WIDE;
  const isInner = x > left + WIDE && x < right - WIDE && y > top + WIDE && y < bottom - WIDE;
  return isWithin && !isInner;
}

/** Each with its value, NaN where there is no tile, and where its middle and its corners nearly are on the page. */
async function cellsOf(layer) {
  const { body } = await ask('GET', `/api/v1/slides/${slide}/heatmaps/${prediction.task.id}/${layer}.json`);
  const bytes = Buffer.from(body.values, 'base64');
  const side = body.cell_um / mpp;
  const within = [[0.5, 0.5], [0.2, 0.2], [0.8, 0.2], [0.2, 0.8], [0.8, 0.8]];
  const cells = Array.from({ length: body.rows * body.columns }, (_, at) => {
    const [column, row] = [at % body.columns, Math.floor(at / body.columns)];
    const points = within.map(([x, y]) => [(column + x) * side, (row + y) * side]);
    return { value: bytes.readFloatLE(4 * at), points: points.filter(([x, y]) => x < size.width && y < size.height) };
  });
  const places = await view.ask('places', cells.flatMap(({ points }) => points));
  return cells.map(({ value, points }) => ({ value, points: places.splice(0, points.length) }));
}

function inPixels({ x, y, width, height }) {
  return { x: x / mpp, y: y / mpp, width: width / mpp, height: height / mpp };
}

/** Of the colour of a value; gaps are stored as 0. */
function indexOf(value, { slope, intercept, center, width, colours }) {
  const stored = Number.isNaN(value) ? 0 : (value - intercept) / slope;
  const share = (stored - (center - width / 2)) / width;
  return Math.min(Math.max(Math.round(share * (colours.length - 1)), 0), colours.length - 1);
}

function colourAt({ width, height, data }, [x, y]) {
  assert.ok(x >= 0 && y >= 0 && x < width && y < height, `${x}, ${y} is out of sight`);
  const at = 4 * (Math.floor(y) * width + Math.floor(x));
  return [...data.subarray(at, at + 3)];
}

function apart(a, b) {
  return b === undefined ? Infinity : Math.max(...a.map((level, channel) => Math.abs(level - b[channel])));
}
