// Keeps the page up to date: an event of the group's stream makes the page be read again, and its live part replaced.
// The server renders it in one place for visitors with and without this script.

/* global document, DOMParser, EventSource, location */

/** At most one reading of the page in this time, however many events come. */
const REFRESH_INTERVAL_MS = 1000;
const RECONNECT_MS = 5000;

const connection = document.getElementById('connection');
let refreshing = false;
let refreshAgain = false;

async function refresh() {
  if (refreshing || document.hidden) {
    refreshAgain = true;
    return;
  }
  refreshing = true;
  refreshAgain = false;
  try {
    const response = await fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store' });
    if (response.ok) {
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      const live = page.getElementById('live');
      if (live !== null) document.getElementById('live').replaceWith(live);
    }
  } catch {
    // The stream tells when the server is there again, and that reads the page.
  }
  setTimeout(() => {
    refreshing = false;
    if (refreshAgain) void refresh();
  }, REFRESH_INTERVAL_MS);
}

function connect() {
  const stream = new EventSource(connection.dataset.stream);
  stream.addEventListener('open', () => {
    connection.textContent = connection.dataset.live;
    connection.className = 'live';
    // What happened between the reading of the page and this moment.
    void refresh();
  });
  stream.addEventListener('error', () => {
    connection.textContent = connection.dataset.notLive;
    connection.className = '';
    // The browser connects again by itself, except after an error answer.
    if (stream.readyState === EventSource.CLOSED) setTimeout(connect, RECONNECT_MS);
  });
  for (const event of ['measurement', 'status', 'cleared'])
    stream.addEventListener(event, () => void refresh());
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden && refreshAgain) void refresh();
});
connect();
