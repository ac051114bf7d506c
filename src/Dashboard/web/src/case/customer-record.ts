import { get, isRecord } from '../shared/http';
import { readCase, type CaseView } from './case-data';

/** What is known of a customer from their cases. */
export interface CustomerRecord {
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
  const customer = await get(`/api/customers/${encodeURIComponent(customerId)}`);
  const ids = isRecord(customer) && Array.isArray(customer['cases']) ? customer['cases'].map(String).filter((id) => id !== shown.id) : [];
  const others = await Promise.all(ids.toReversed().slice(0, MOST).map((id) => readCase(id)));
  return { others, more: ids.length - others.length, promises: ledgerOf([shown, ...others]) };
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
