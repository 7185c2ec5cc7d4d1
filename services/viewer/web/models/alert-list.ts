import { type Content, h } from '../dom';
import { formatTime } from '../units/plain';
import { listed, say } from '../words/say';
import { alertWords } from './alert-words';
import { type Alert, closeAlert, type Model, type SubgroupGap } from './api';
import { confirmWithReason } from './confirm';

interface AlertListener {
  closed(): void;
  showGroups(alert: Alert): void;
}

/** What is not as it was, and a way to close each. */
export function alertList(alerts: readonly Alert[], models: readonly Model[], listener: AlertListener): Content {
  const open = alerts.filter(isOpen);
  if (open.length === 0) return h('p', { class: 'hint' }, say('No alert is open.'));
  return h('ul', { class: 'alerts' }, open.map((alert) => card(alert, models, listener)));
}

/** The open alert that tells of a gap. */
export function openAlertOf(alerts: readonly Alert[], model: Model, gap: SubgroupGap): Alert | undefined {
  return alerts.filter(isOpen).find((alert) => {
    if (alert.kind !== 'subgroup_gap' || alert.model !== model.hash) return false;
    const told = alert.detail.gap;
    return told.column === gap.column && told.value === gap.value && told.measure === gap.measure;
  });
}

function isOpen({ closed }: Alert): boolean {
  return closed === undefined;
}

function card(alert: Alert, models: readonly Model[], { closed, showGroups }: AlertListener): HTMLElement {
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
    { class: 'alert', 'data-kind': alert.kind, 'data-alert': alert.id, tabindex: -1 },
    h('p', { class: 'alert-words' }, words),
    h('p', { class: 'hint' }, [model && `${model.name} ${model.version ?? ''}`, formatTime(alert.opened_at), seen].filter(Boolean).join(' · ')),
    h(
      'div',
      { class: 'alert-steps' },
      alert.kind === 'subgroup_gap' && h('button', { onclick: () => showGroups(alert) }, say('Show the groups')),
      h('button', { onclick: close }, say('Close…')),
    ),
  );
}
