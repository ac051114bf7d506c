// The one place that remembers things in this browser.

const THEME = 'theme';
const LANGUAGE = 'language';
const KEYS = 'single-keys';
const SOUND = 'offer-sound';
const NOTIFICATION = 'offer-notification';
const BOARD_ALERTS = 'board-alerts';
const BOARD_VIEWS = 'board-views';

function read(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // Storage can be forbidden; then a choice lasts until reload.
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // See read.
  }
}

let language = $state(read(LANGUAGE) ?? '');
let singleKeys = $state(read(KEYS) !== 'off');
let offerSound = $state(read(SOUND) === 'on');
let offerNotification = $state(read(NOTIFICATION) === 'on');
let boardAlerts = $state(read(BOARD_ALERTS) ?? '');
let boardViews = $state(read(BOARD_VIEWS) ?? '');

export const settings = {
  /** The language that somebody chose; empty for that of the browser. */
  get language(): string {
    return language;
  },
  set language(tag: string) {
    language = tag;
    write(LANGUAGE, tag);
  },

  /** Single-letter shortcuts can be turned off (WCAG 2.1.4). */
  get singleKeys(): boolean {
    return singleKeys;
  },
  set singleKeys(on: boolean) {
    singleKeys = on;
    write(KEYS, on ? 'on' : 'off');
  },

  /** An offer sounds only where somebody wished so. */
  get offerSound(): boolean {
    return offerSound;
  },
  set offerSound(on: boolean) {
    offerSound = on;
    write(SOUND, on ? 'on' : 'off');
  },

  get offerNotification(): boolean {
    return offerNotification;
  },
  set offerNotification(on: boolean) {
    offerNotification = on;
    write(NOTIFICATION, on ? 'on' : 'off');
  },

  /** Of what the board notifies, parted by commas; nothing until somebody chooses. */
  get boardAlerts(): string {
    return boardAlerts;
  },
  set boardAlerts(kinds: string) {
    boardAlerts = kinds;
    write(BOARD_ALERTS, kinds);
  },

  /** Views of the board that were given names, as JSON. */
  get boardViews(): string {
    return boardViews;
  },
  set boardViews(views: string) {
    boardViews = views;
    write(BOARD_VIEWS, views);
  },
};

export function applyTheme(): void {
  const theme = new URLSearchParams(location.search).get('theme') ?? read(THEME);
  if (theme === 'light' || theme === 'dark') {
    document.documentElement.dataset['theme'] = theme;
  }
}

export function toggleTheme(): void {
  const root = document.documentElement;
  const shown = root.dataset['theme'] ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
  root.dataset['theme'] = shown === 'dark' ? 'light' : 'dark';
  write(THEME, root.dataset['theme']);
}
