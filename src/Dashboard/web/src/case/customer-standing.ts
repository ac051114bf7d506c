import { get } from '../shared/http';

/** CUS-1, CUS-5, CUS-6: what a customer's own record says, beside what their cases say; `GET /api/customers/{id}`. */
export interface CustomerStanding {
  readonly id: string;
  readonly name?: string;
  readonly declined?: Declined;
  readonly occasions: readonly Occasion[];
  readonly nextGreetingAt?: string;
  readonly duplicates: readonly Duplicate[];
}

export interface Declined {
  readonly since: string;
  readonly by: string;
  readonly reason?: string;
  readonly until: string;
  readonly reviewAt: string;
  readonly text?: string;
}

export interface Occasion {
  readonly kind: 'birthday' | 'newYear' | 'own';
  /** Month and day: `03-14`. */
  readonly date: string;
  readonly name?: string;
}

export interface Duplicate {
  readonly id: string;
  readonly name: string;
  readonly sameName: boolean;
  readonly cases: number;
}

export async function readCustomerStanding(id: string): Promise<CustomerStanding> {
  return (await get(customerAddress(id))) as CustomerStanding;
}

export function customerAddress(id: string): string {
  return `/api/customers/${encodeURIComponent(id)}`;
}
