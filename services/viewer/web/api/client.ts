import { Problem } from './problem';
import type { HeatmapFile, Layer, LayerSoFar, Manifest, Prediction, Slide, SlidePage, Tiled } from './shapes';

const SLIDES = '/api/v1/slides';

export async function slidePage(after?: string): Promise<SlidePage> {
  return get(after === undefined ? SLIDES : `${SLIDES}?after=${encodeURIComponent(after)}`);
}

export async function slide(id: string): Promise<Slide> {
  return get(`${SLIDES}/${id}`);
}

/** All that there is to know before the slide is shown. */
export async function tiled(id: string): Promise<Tiled> {
  const [manifest, deepZoom] = await Promise.all([
    get<Manifest>(`${SLIDES}/${id}/manifest`),
    get<object>(`/slides/${id}.json`),
  ]);
  return { manifest, deepZoom };
}

/** The colour profile of the slide's pixels. */
export async function profile(id: string): Promise<ArrayBuffer> {
  const response = await send(`${SLIDES}/${id}/icc`, {});
  return response.arrayBuffer();
}

export async function predictions(id: string): Promise<Prediction[]> {
  const answer = await get<{ predictions: Prediction[] }>(`${SLIDES}/${id}/predictions`);
  return answer.predictions;
}

export async function heatmap(id: string, task: string, layer: Layer): Promise<HeatmapFile> {
  return get(`${SLIDES}/${id}/heatmaps/${task}/${layer}.json`);
}

/** One a task; none until the first tiles are there. */
export async function heatmapsSoFar(id: string): Promise<LayerSoFar[]> {
  const { layers } = await get<{ layers: LayerSoFar[] }>(`${SLIDES}/${id}/heatmaps/so-far.json`);
  return layers;
}

/** Tells the server how many micrometres a pixel of a held slide measures. */
export async function giveMpp(id: string, mpp: number): Promise<void> {
  await send(`${SLIDES}/${id}`, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ mpp }),
  });
}

/** Stops the analysis of a slide that is being read, or lets a stopped one go on. */
export async function setAnalysis(id: string, wish: 'stop' | 'resume'): Promise<void> {
  await send(`${SLIDES}/${id}/${wish}`, { method: 'POST' });
}

export const paths = {
  thumbnail: (id: string) => `${SLIDES}/${id}/thumbnail`,
  associated: (id: string, name: string) => `${SLIDES}/${id}/associated/${name}`,
  /** `rect` in pixels of level 0; the answer fits a square of `side` pixels and is never enlarged. */
  region: (id: string, rect: readonly [number, number, number, number], side: number) =>
    `/iiif/3/${id}/${rect.join(',')}/!${side},${side}/0/default.jpg`,
  events: '/api/v1/events',
  upload: SLIDES,
};

export async function get<T>(path: string): Promise<T> {
  const response = await send(path, { headers: { Accept: 'application/json' } });
  return (await response.json()) as T;
}

export async function send(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(path, { credentials: 'same-origin', ...init });
  if (!response.ok) throw await Problem.of(response);
  return response;
}
