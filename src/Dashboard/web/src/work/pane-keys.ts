import { settings } from '../shared/settings.svelte';
import { tabs, type Pane } from './panes';

/** Ctrl Enter sends the form that is being written in. */
export function sendByKey(event: KeyboardEvent): void {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target instanceof Element) {
    event.target.closest('form')?.requestSubmit();
    event.preventDefault();
  }
}

/** The first thing to fill in, after a person opened a form by themselves. */
export function focusFirst(within: Element): void {
  const places = ['[data-first]', '.pane textarea, .pane input:not([type="radio"]), .pane select', '.pane button'];
  places.map((place) => within.querySelector<HTMLElement>(place)).find((found) => found !== null)?.focus();
}

/** True where letters are typed, or where single letters are turned off. */
export function isTyping(event: KeyboardEvent): boolean {
  return (
    !settings.singleKeys || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented ||
    (event.target instanceof Element && event.target.closest('textarea, select, dialog[open], input:not([type="radio"], [type="checkbox"])') !== null)
  );
}

/** The pane whose letter it is. */
export function paneOf(key: string): Pane | undefined {
  return tabs.find((tab) => tab.letter === key.toUpperCase())?.pane;
}
