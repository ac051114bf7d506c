import { go } from '../shared/address.svelte';
import type { Alert } from './alerts';

/** Asks the browser once; true when it may notify. */
export async function allowNotifications(): Promise<boolean> {
  return 'Notification' in window && (await Notification.requestPermission()) === 'granted';
}

/** Tells whoever looks at something else; whoever looks at the board sees it there. */
export function notify(alert: Alert): void {
  if (!('Notification' in window) || Notification.permission !== 'granted' || (!document.hidden && document.hasFocus())) {
    return;
  }
  const notification = new Notification(alert.title, { body: alert.body, tag: alert.tag });
  notification.onclick = () => {
    window.focus();
    go(alert.href);
    notification.close();
  };
}
