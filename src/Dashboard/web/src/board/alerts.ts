import { happeningName, type Happening } from './happenings';

/** Of what a supervisor can be told while looking elsewhere. */
export const alertKinds = ['escalation', 'risk', 'lapse'] as const;
export type AlertKind = (typeof alertKinds)[number];

export const alertWords: Readonly<Record<AlertKind, string>> = {
  escalation: 'a new escalation',
  risk: 'a promise that comes to be at risk',
  lapse: 'a promise that lapses',
};

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
  const titles: Readonly<Partial<Record<AlertKind, (count: number) => string>>> = {
    escalation: (count) => (count === 1 ? 'Escalation' : `${count} escalations`),
    lapse: (count) => (count === 1 ? 'A promise lapsed' : `${count} promises lapsed`),
  };
  return (['escalation', 'lapse'] as const).flatMap((kind) => {
    const these = news.filter((each) => kindOf[each.kind] === kind);
    return these.length === 0 || !wanted.has(kind) ? [] : (
        [{
          title: titles[kind]!(these.length),
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
    : { title: now === 1 ? '1 promise is at risk' : `${now} promises are at risk`, body: 'The customer is told of a new date if nothing is done.', tag: 'board-risk', href: '/' };
}
