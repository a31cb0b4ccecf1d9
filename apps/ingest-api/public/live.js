// Keeps the page up to date: an event of the group's stream makes the page be read again, and its live part replaced.
// The server renders it in one place for visitors with and without this script.

/* global document, DOMParser, EventSource, location */

/** At most one reading of the page in this time, however many events come. */
const REFRESH_INTERVAL_MS = 1000;
/** Wait after an error, of the stream or of a reading. */
const RETRY_MS = 5000;

const connection = document.getElementById('connection');
let refreshing = false;
let refreshAgain = false;

/** What is known of the way to the measurements; the words for it are the page's. */
const way = { connected: false, storeAway: false, refreshFailed: undefined };

function showWay() {
  const { connected, storeAway, refreshFailed } = way;
  let state = 'live';
  if (!connected || (refreshFailed !== undefined && refreshFailed !== 503)) state = 'not-live';
  else if (storeAway || refreshFailed === 503) state = 'store-away';
  // Set only when it changes: a screen reader says it each time.
  if (connection.className === state) return;
  connection.className = state;
  connection.textContent = connection.getAttribute(`data-${state}`);
}

async function refresh() {
  if (refreshing || document.hidden) {
    refreshAgain = true;
    return;
  }
  refreshing = true;
  refreshAgain = false;
  try {
    const response = await fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store' });
    way.refreshFailed = response.ok ? undefined : response.status;
    if (response.ok) {
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      const live = page.getElementById('live');
      if (live !== null) document.getElementById('live').replaceWith(live);
    }
    showWay();
  } catch {
    // The stream tells when the server is there again, and that reads the page.
  }
  refreshAgain ||= way.refreshFailed !== undefined;
  setTimeout(
    () => {
      refreshing = false;
      if (refreshAgain) void refresh();
    },
    way.refreshFailed === undefined ? REFRESH_INTERVAL_MS : RETRY_MS,
  );
}

function connect() {
  const stream = new EventSource(connection.dataset.stream);
  stream.addEventListener('open', () => {
    way.connected = true;
    way.storeAway = false; // Where it is away, that is the first event.
    showWay();
    // What happened between the reading of the page and this moment.
    void refresh();
  });
  stream.addEventListener('error', () => {
    way.connected = false;
    showWay();
    // The browser connects again by itself, except after an error answer.
    if (stream.readyState === EventSource.CLOSED) setTimeout(connect, RETRY_MS);
  });
  stream.addEventListener('store', (event) => {
    way.storeAway = !JSON.parse(event.data).available;
    showWay();
    if (!way.storeAway) void refresh();
  });
  for (const event of ['measurement', 'status', 'cleared'])
    stream.addEventListener(event, () => void refresh());
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden && refreshAgain) void refresh();
});
connect();
