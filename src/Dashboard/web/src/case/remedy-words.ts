import { levelWord } from '../board/words';
import type { Level } from '../board/protocol';
import { known } from '../shared/texts.svelte';
import type { Remedy } from './case-data';

/** CLM-2: why a remedy is recommended; in the host's own sentence where this page does not know the reason. */
export function remedyReasons(remedy: Remedy): readonly string[] {
  return remedy.because.map(({ code, values }, i) => {
    const { level } = values;
    return known(`case.remedy.${code}`, level === undefined ? values : { ...values, level: levelWord[level as Level] ?? level }) ?? remedy.reasons[i] ?? code;
  });
}
