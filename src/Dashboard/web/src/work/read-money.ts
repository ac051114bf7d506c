import type { Money } from '../case/case-data';

/** `12.50 EUR` or `12,5` as money; undefined for nothing, `nonsense` for what is no amount. */
export function readMoney(text: string, currency: string): Money | undefined | 'nonsense' {
  const trimmed = text.trim();
  if (trimmed === '') {
    return undefined;
  }
  const parts = /^(\d{1,12}(?:[.,]\d{1,4})?)\s*([A-Za-z]{3})?$/.exec(trimmed);
  return parts === null ? 'nonsense' : { amount: Number(parts[1]!.replace(',', '.')), currency: (parts[2] ?? currency).toUpperCase() };
}
