import type { Review } from '../api/case-shapes';
import { h } from '../dom';
import { formatTime } from '../units/plain';
import { say } from '../words/say';
import { amendedNumbers, reviewWords } from './words';

/** All that was said of the slide, what was amended too. */
export function history(reviews: readonly Review[]): HTMLElement | null {
  if (reviews.length === 0) return null;
  const amended = amendedNumbers(reviews);
  return h(
    'ol',
    { class: 'history', 'aria-label': say('What was said of this slide') },
    reviews.map((review) =>
      h(
        'li',
        { class: amended.has(review.number) ? 'amended' : 'standing-review', 'data-kind': review.kind },
        h('span', {}, reviewWords(review)),
        h('span', { class: 'history-by' }, say('{name}, {time}', { name: review.reviewer, time: formatTime(review.reviewed_at) })),
        review.text !== undefined && h('q', {}, review.text),
      ),
    ),
  );
}
