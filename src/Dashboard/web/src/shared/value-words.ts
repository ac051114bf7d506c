import { dateName, dueInstant, plainWords } from './format';
import { policyName } from './policy-names.svelte';
import { known } from './texts.svelte';

export type CodedValues = Readonly<Record<string, string>>;

/** What a coded sentence names, in the reader's words: levels, clocks and letters by their codes, instants in the reader's zone. */
export function valueWords(values: CodedValues): CodedValues {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, valueWord(name, value)]));
}

function valueWord(name: string, value: string): string {
  switch (name) {
    case 'level':
    case 'stage':
    case 'to':
      return known(`shared.${name === 'to' ? 'stage' : name}.${value}`) ?? value;
    case 'clock':
      return known(`shared.clock.${value}`) ?? policyName('clocks', value) ?? plainWords(value);
    case 'clocks':
      return value.split(',').map((clock) => valueWord('clock', clock)).join(', ');
    case 'steps':
      return value.split(',').map((step) => known(`refusals.step.${step}`) ?? plainWords(step)).join('; ');
    case 'letter':
      return policyName('letters', value) ?? plainWords(value);
    case 'pack':
      return policyName('packs', value) ?? value;
    case 'gift':
      return policyName('gifts', value) ?? plainWords(value);
    default:
      return (
        /^\d{4}-\d\d-\d\dT/.test(value) ? dueInstant(Date.parse(value))
        : /^\d{4}-\d\d-\d\d$/.test(value) ? dateName(Date.parse(value))
        : value
      );
  }
}
