import { type Content, h } from '../dom';
import { formatTime } from '../units/plain';
import { listed, say } from '../words/say';
import { type Alert, closeAlert, type Model } from './api';
import { confirmWithReason } from './confirm';
import { alertWords } from './words';

/** What is not as it was, and a way to close each. */
export function alertList(alerts: readonly Alert[], models: readonly Model[], closed: () => void): Content {
  const open = alerts.filter((alert) => alert.closed === undefined);
  if (open.length === 0) return h('p', { class: 'hint' }, say('No alert is open.'));
  return h('ul', { class: 'alerts' }, open.map((alert) => card(alert, models, closed)));
}

function card(alert: Alert, models: readonly Model[], closed: () => void): HTMLElement {
  const model = models.find(({ hash }) => hash === alert.model);
  const words = alertWords(alert);
  const close = () =>
    confirmWithReason(say('Close this alert'), words, say('Close'), async (reason) => {
      await closeAlert(alert.id, reason);
      closed();
    });
  const seen = say('Seen by {who}', { who: listed(alert.seen.map(({ by }) => by)) });
  return h(
    'li',
    { class: 'alert', 'data-kind': alert.kind },
    h('p', { class: 'alert-words' }, words),
    h('p', { class: 'hint' }, [model && `${model.name} ${model.version ?? ''}`, formatTime(alert.opened_at), seen].filter(Boolean).join(' · ')),
    h('button', { onclick: close }, say('Close…')),
  );
}
