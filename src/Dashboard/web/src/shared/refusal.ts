import { known, language, loadTexts } from './texts.svelte';
import { valueWords, type CodedValues } from './value-words';

/**
 * Why the platform said no. Its own sentence is English and names what it is about; whoever reads another language gets the
 * sentence of the refusal's code there, where texts know it: it may quote the platform's own.
 */
export async function refusalWords(code: string | undefined, detail: string, values?: CodedValues): Promise<string> {
  if (code === undefined || language.current === 'en') {
    return detail;
  }
  // Said seldom, so fetched when first needed; the platform may be away by then.
  await loadTexts('refusals').catch(() => {});
  return refusedWords(code, detail, values);
}

/** The same at once, for a page that has asked for the texts of refusals. */
export function refusedWords(code: string | undefined, detail: string, values?: CodedValues): string {
  if (code === undefined || language.current === 'en') {
    return detail;
  }
  // A sentence that names what it is about needs all of it; what was recorded long ago has no values.
  const named = values === undefined ? undefined : known(`refusals.${code}.named`, { detail, ...valueWords(values) });
  return (named?.includes('undefined') === true ? undefined : named) ?? known(`refusals.${code}`, { detail }) ?? detail;
}
