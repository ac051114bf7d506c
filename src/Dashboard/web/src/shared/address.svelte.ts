// The address says what is shown, so that back and share work.

let href = $state(location.pathname + location.search);

export const address = {
  get path(): string {
    return new URL(href, location.origin).pathname;
  },
  get query(): URLSearchParams {
    return new URL(href, location.origin).searchParams;
  },
};

export function go(to: string, options: { replace?: boolean } = {}): void {
  if (to === href) {
    return;
  }
  const leaves = new URL(to, location.origin).pathname !== address.path;
  history[options.replace === true ? 'replaceState' : 'pushState'](null, '', to);
  href = to;
  if (leaves) {
    scrollTo(0, 0);
  }
}

/** The current page with some query fields changed; empty ones are left out. */
export function withQuery(changes: Readonly<Record<string, string | undefined>>): string {
  const query = address.query;
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') {
      query.delete(name);
    } else {
      query.set(name, value);
    }
  }
  const text = query.toString().replaceAll('%2C', ',');
  return address.path + (text === '' ? '' : `?${text}`);
}

addEventListener('popstate', () => (href = location.pathname + location.search));

// Links within the pages change the address without loading anew.
addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (link && plain && !event.defaultPrevented && link.origin === location.origin && !link.target && !link.hash) {
    event.preventDefault();
    go(link.pathname + link.search);
  }
});
