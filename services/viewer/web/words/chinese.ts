import { ACCESS } from './chinese/access';
import { HEATMAP } from './chinese/heatmap';
import { LIST } from './chinese/list';
import { MATCHING } from './chinese/matching';
import { MODELS } from './chinese/models';
import { PAGE } from './chinese/page';
import { PANEL } from './chinese/panel';
import { PROBLEMS } from './chinese/problems';
import { QUALITY } from './chinese/quality';
import { REVIEW } from './chinese/review';
import { SIMILAR } from './chinese/similar';
import { SLIDE } from './chinese/slide';
import type { Dictionary } from './say';

/** Simplified Chinese, in the terms of pathologists. A part for each area of the viewer. */
export const CHINESE: Dictionary = { ...ACCESS, ...HEATMAP, ...LIST, ...MATCHING, ...MODELS, ...PAGE, ...PANEL, ...PROBLEMS, ...QUALITY, ...REVIEW, ...SIMILAR, ...SLIDE };
