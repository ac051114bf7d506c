import { get, isRecord } from '../shared/http';
import { readCase, type CaseView } from './case-data';

/** CUS-3: what a customer is likely to do, in the order from worst to best. */
export const outlooks = ['unlikelyToReturn', 'mayTryOthers', 'loyal', 'returnsExpectingMore'] as const;

/** `GET /api/customers/{id}/outlook`. */
export interface CustomerOutlook {
  readonly outcome?: (typeof outlooks)[number];
  /** What they got less what they expected, in points. */
  readonly gap?: number;
  readonly ratedCases: number;
  readonly reasons: readonly { readonly code: string; readonly value: number; readonly text: string }[];
  readonly followUp: string;
}

/** CUS-2: what one case was like; an entry of `GET /api/customers/{id}`. */
export interface CaseExperience {
  readonly caseId: string;
  readonly expected?: number;
  readonly got?: number;
  readonly closedAt?: string;
}

/** What is known of a customer from their cases. */
export interface CustomerRecord {
  /** CUS-2: case by case, oldest first. */
  readonly experiences: readonly CaseExperience[];
  readonly outlook?: CustomerOutlook;
  readonly others: readonly CaseView[];
  /** How many cases were not read. */
  readonly more: number;
  /** Promises of the cases that were read, this one's too. */
  readonly promises: PromiseLedger;
}

/** CUS-2: how promises went. */
export interface PromiseLedger {
  readonly all: number;
  readonly keptOnFirstDate: number;
  readonly keptAfterMove: number;
  readonly open: number;
  readonly lapsed: number;
}

/** A page shows a few; the rest is a number. */
const MOST = 12;

export async function readCustomerRecord(shown: CaseView): Promise<CustomerRecord | undefined> {
  const customerId = shown.customer?.id;
  if (customerId === undefined) {
    return undefined;
  }
  const address = `/api/customers/${encodeURIComponent(customerId)}`;
  const [customer, outlook] = await Promise.all([get(address), get(`${address}/outlook`)]);
  const ids = isRecord(customer) && Array.isArray(customer['cases']) ? customer['cases'].map(String).filter((id) => id !== shown.id) : [];
  const others = await Promise.all(ids.toReversed().slice(0, MOST).map((id) => readCase(id)));
  const experiences = isRecord(customer) && Array.isArray(customer['experiences']) ? (customer['experiences'] as readonly CaseExperience[]) : [];
  return { experiences, ...(isRecord(outlook) && { outlook: outlook as unknown as CustomerOutlook }), others, more: ids.length - others.length, promises: ledgerOf([shown, ...others]) };
}

/** A promise that stands in another case now is counted there. */
export function ledgerOf(cases: readonly CaseView[]): PromiseLedger {
  const promises = cases.flatMap((each) => each.promises).filter((promise) => promise.state !== 'withdrawn' && promise.state !== 'merged');
  const count = (holds: (promise: (typeof promises)[number]) => boolean): number => promises.filter(holds).length;
  return {
    all: promises.length,
    keptOnFirstDate: count((promise) => promise.state === 'kept' && promise.revision === 0),
    keptAfterMove: count((promise) => promise.state === 'kept' && promise.revision > 0),
    open: count((promise) => promise.state === 'open' || promise.state === 'explained'),
    lapsed: count((promise) => promise.state === 'lapsed'),
  };
}
