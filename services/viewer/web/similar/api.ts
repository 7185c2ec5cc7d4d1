import type { Geometry } from '../api/case-shapes';
import { get, send } from '../api/client';
import { Problem } from '../api/problem';
import type { MicrometreRect } from '../api/shapes';

export type Scope = 'slide' | 'case' | 'all';

/** What is looked for: what lies at a place (in pixels of level 0), or what is said. */
export type Query = { region: Geometry } | { text: string };

export interface Hit {
  slide: string;
  rect_um: MicrometreRect;
  /** The cosine. */
  similarity: number;
  picture: string;
}

/** The best hits, the most similar first, and in what they were looked for. */
export interface Found {
  scope: Scope;
  encoder: { name: string };
  precision: string;
  method: 'exact' | 'approximate';
  searched: { tiles: number; of_tiles: number; slides: number; of_slides: number };
  hits: Hit[];
}

/** By whose embeddings a slide can be searched. */
export interface SearchableEncoder {
  encoder: { name: string; hash: string };
  reads_text: boolean;
}

const NOT_READY = 503;
const ASK_AGAIN_MS = 2000;

export async function searchableEncoders(slide: string): Promise<SearchableEncoder[]> {
  const { encoders } = await get<{ encoders: SearchableEncoder[] }>(path(slide));
  return encoders;
}

/** Asks again while all slides are gathered; `waiting` is told why, and answers whether to go on. */
export async function search(
  slide: string,
  query: Query & { scope: Scope },
  waiting: (why: string) => boolean,
): Promise<Found | null> {
  for (;;) {
    try {
      const response = await send(path(slide), {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(query),
      });
      return (await response.json()) as Found;
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== NOT_READY) throw error;
      if (!waiting(error.message)) return null;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
  }
}

function path(slide: string): string {
  return `/api/v1/slides/${slide}/similar`;
}
