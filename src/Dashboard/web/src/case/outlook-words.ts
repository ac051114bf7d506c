import type { CustomerOutlook, outlooks } from './customer-record';

type Outcome = (typeof outlooks)[number];

/** CUS-3: each outcome for people, and what it comes from. */
export const outcomeWord: Readonly<Record<Outcome, readonly [words: string, because: string]>> = {
  unlikelyToReturn: ['Unlikely to return', 'got clearly less than expected'],
  mayTryOthers: ['May try others', 'got what was expected, and no more'],
  loyal: ['Loyal', 'got a little more than expected'],
  returnsExpectingMore: ['Returns, and expects more', 'got far more than expected'],
};

const times = (count: number): string => (count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`);
const promises = (count: number): string => (count === 1 ? '1 promise' : `${count} promises`);

/** What an outlook rests on, in words; the host's own for what this page does not know. */
export function reasonWord(reason: CustomerOutlook['reasons'][number]): string {
  switch (reason.code) {
    case 'experience.gap':
      return reason.value === 0 ? 'got what was expected' : `got ${Math.abs(reason.value)} ${Math.abs(reason.value) === 1 ? 'point' : 'points'} ${reason.value < 0 ? 'less' : 'more'} than expected, of 5`;
    case 'promises.lapsed':
      return `${promises(reason.value)} not kept by the date that held`;
    case 'promises.moved':
      return `promised dates moved ${times(reason.value)}`;
    case 'promises.kept':
      return `${promises(reason.value)} kept in time`;
    case 'rounds.again':
      return `what was agreed did not settle it, ${times(reason.value)}`;
    default:
      return reason.text;
  }
}
