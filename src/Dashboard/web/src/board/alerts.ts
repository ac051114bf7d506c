import { t } from '../shared/texts.svelte';
import { happeningName, type Happening } from './happenings';

/** Of what a supervisor can be told while looking elsewhere. */
export const alertKinds = ['escalation', 'risk', 'lapse'] as const;
export type AlertKind = (typeof alertKinds)[number];

export interface Alert {
  readonly title: string;
  readonly body: string;
  /** Notifications with the same tag take each other's place. */
  readonly tag: string;
  /** Where a click leads. */
  readonly href: string;
}

const kindOf: Readonly<Record<string, AlertKind>> = { escalationRaised: 'escalation', escalationRisen: 'escalation', promiseLapsed: 'lapse' };

export function readKinds(text: string): ReadonlySet<AlertKind> {
  return new Set(alertKinds.filter((kind) => text.split(',').includes(kind)));
}

/** What is worth a notification: things that happened just now, one for each kind however many they are. */
export function alertsOf(news: readonly Happening[], wanted: ReadonlySet<AlertKind>): readonly Alert[] {
  return (['escalation', 'lapse'] as const).flatMap((kind) => {
    const these = news.filter((each) => kindOf[each.kind] === kind);
    return these.length === 0 || !wanted.has(kind) ? [] : (
        [{
          title: kind === 'escalation' ? t('board.escalations', { count: these.length }) : t('board.promisesLapsed', { count: these.length }),
          body: these.slice(0, 3).map(happeningName).join(', '),
          tag: `board-${kind}`,
          href: these.length === 1 ? `/case/${these[0]!.case}` : '/',
        }]
      );
  });
}

/** More promises at risk than a moment ago; fewer are no news. */
export function riskAlert(before: number | undefined, now: number, wanted: ReadonlySet<AlertKind>): Alert | undefined {
  return before === undefined || now <= before || !wanted.has('risk')
    ? undefined
    : { title: t('board.promisesAtRiskNow', { count: now }), body: t('board.riskBody'), tag: 'board-risk', href: '/' };
}
