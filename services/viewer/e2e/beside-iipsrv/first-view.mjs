// How soon a slide is seen and how smoothly it moves, in our viewer and in OpenSeadragon on iipsrv, in turns:
// node e2e/beside-iipsrv/first-view.mjs PEER_URL SLIDE_FILE [ROUNDS]
// Every load is a browser that knows nothing but its session, against servers that run.
import { appendFileSync } from 'node:fs';
import { openViewer } from '../browser.mjs';
import { settle } from '../opening.mjs';
import { panned } from '../panning.mjs';
import { timeToSee } from './screen.mjs';

const [peer, slide_file, rounds = '5'] = process.argv.slice(2);
const SECONDS = 6;
const STRIDE = { x: 320, y: 240 };

const { browser, page, base } = await openViewer();
const state = await page.context().storageState();
const card = page.locator('.card[data-state="scored"] .card-link').first();
const slide = new URL(await card.getAttribute('href'), base).hash;
await card.click();
await settle(page);
const box = await page.locator('.stage-slide').boundingBox();
await page.context().close();

const place = new URLSearchParams({ slide: slide_file, ...box });
const sides = {
  // No heatmap: the peer has none.
  coverslip: { address: `${base}/${slide}?layer=off`, until: settle, storageState: state },
  iipsrv: { address: `${peer}/page.html?${place}`, until: loaded, storageState: undefined },
};
const taken = { coverslip: [], iipsrv: [] };
for (let round = 0; round < Number(rounds); round += 1) {
  for (const [name, side] of Object.entries(sides)) taken[name].push(await measured(side));
}
await browser.close();

for (const [name, all] of Object.entries(taken)) console.log(name, JSON.stringify(all));
const ours = summary(taken.coverslip);
const theirs = summary(taken.iipsrv);
const line = (name, s) =>
  `| ${name} | ${s.useful_ms} ms | ${s.sharp_ms} ms | ${s.p95_ms} ms | ${s.cpu_ms_per_frame} ms | ${s.lost} of ${s.tiles} |`;
const table = [
  `Chromium ${browser.version()}, software drawing, ${rounds} loads each in turns, medians; the slide's view has ${box.width} x ${box.height} px, of which the middle is compared.`,
  '',
  '| viewer | slide is seen | with all detail | p95 frame in panning | processor a frame | tiles lost |',
  '|---|---|---|---|---|---|',
  line('Coverslip', ours),
  line('OpenSeadragon on iipsrv', theirs),
  '',
  `First useful view: ${(theirs.useful_ms / ours.useful_ms).toFixed(2)}x (at least 2x was wanted).`,
].join('\n');
console.log(table);
if (process.env.WRITE) appendFileSync(process.env.WRITE, `\n## First view\n\n${table}\n`);

async function measured({ address, until, storageState }) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, storageState });
  const page = await context.newPage();
  const tiles = watchTiles(page);
  try {
    const seen = await timeToSee(page, address, { box, until });
    // Closer, so that panning asks for tiles.
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    for (let step = 0; step < 8; step += 1) await page.mouse.wheel(0, -240);
    await until(page);
    const moved = await panned(page, box, SECONDS, STRIDE);
    await until(page);
    return { ...seen, ...moved, tiles: tiles.asked, lost: tiles.lost };
  } finally {
    await context.close();
  }
}

/** Counts tiles asked for, and those that did not come. */
function watchTiles(page) {
  const tiles = { asked: 0, lost: 0 };
  const isTile = (url) => /_files\/\d+\/\d+_\d+\./.test(url);
  page.on('request', (request) => (tiles.asked += isTile(request.url()) ? 1 : 0));
  page.on('requestfailed', (request) => (tiles.lost += isTile(request.url()) ? 1 : 0));
  page.on('response', (response) => (tiles.lost += isTile(response.url()) && response.status() >= 400 ? 1 : 0));
  return tiles;
}

/** Of the peer's page. */
async function loaded(page) {
  await page.waitForFunction(() => document.getElementById('stage')?.dataset.loaded === 'true');
  await page.waitForTimeout(200);
  await page.waitForFunction(() => document.getElementById('stage').dataset.loaded === 'true');
}

function summary(all) {
  const names = Object.keys(all[0]);
  return Object.fromEntries(names.map((name) => [name, median(all.map((one) => one[name]))]));
}

function median(values) {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
}
