import { known, language, loadTexts } from './texts.svelte';

/**
 * Why the platform said no. Its own sentence is English and names what it is about; whoever reads another language gets the
 * sentence of the refusal's code there, where texts know it: it may quote the platform's own.
 */
export async function refusalWords(code: string | undefined, detail: string): Promise<string> {
  if (code === undefined || language.current === 'en') {
    return detail;
  }
  // Said seldom, so fetched when first needed; the platform may be away by then.
  await loadTexts('refusals').catch(() => {});
  return known(`refusals.${code}`, { detail }) ?? detail;
}
