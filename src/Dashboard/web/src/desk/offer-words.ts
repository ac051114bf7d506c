import { levelWord, typeWord } from '../board/words';
import { known, language, t } from '../shared/texts.svelte';
import { languageName } from '../work/playbook';
import type { DeskMe, Offer } from './desk-protocol';

/** DSK-2: why it is offered to this agent. The platform says it in English; in other languages the offer tells the same. */
export function whyWords(why: Offer['why'][number], offer: Offer, me: DeskMe): string {
  if (language.current === 'en') {
    return why.text;
  }
  if (why.code === 'language') {
    return t('desk.speaksLanguage', { language: languageName(offer.language ?? '') });
  }
  const values = { type: typeWord(offer.type).toLowerCase(), level: levelWord[offer.level], load: me.load, capacity: me.capacity };
  return known(`desk.why.${why.code}`, values) ?? why.text;
}
