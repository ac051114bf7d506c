// The page works without this. With it, it follows the case while it is being looked at: every half minute, unless the
// customer is in the middle of something.
const every = 30_000;

async function refresh() {
  const main = document.getElementById('main');
  const busy = [...document.querySelectorAll('textarea')].some((each) => each.value !== each.defaultValue);
  if (document.hidden || busy || main === null || main.contains(document.activeElement)) {
    return;
  }
  const address = new URL(location.href);
  address.searchParams.delete('done');
  const answer = await fetch(address, { headers: { accept: 'text/html' }, redirect: 'error' });
  if (!answer.ok) {
    return;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('main');
  const now = document.getElementById('main');
  if (fresh !== null && now !== null && textOf(fresh) !== textOf(now)) {
    now.replaceWith(fresh);
  }
}

function textOf(element) {
  return element.textContent.replaceAll(/\s+/g, ' ');
}

setInterval(() => refresh().catch(() => undefined), every);
