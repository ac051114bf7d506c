// The one place that remembers things for as long as this tab lives, reloads included.

export function recall(name: string): string {
  try {
    return sessionStorage.getItem(name) ?? '';
  } catch {
    return ''; // Storage can be forbidden; then what is typed lasts until reload.
  }
}

export function remember(name: string, text: string): void {
  try {
    if (text === '') {
      sessionStorage.removeItem(name);
    } else {
      sessionStorage.setItem(name, text);
    }
  } catch {
    // See recall.
  }
}
