import { type PageClock } from './clock.js';

/** At most one reading in this time, however many events come. */
const REFRESH_INTERVAL_MS = 500;
/** Wait after an error. */
const RETRY_MS = 5_000;
/** Anomalies are searched for again after this time: it takes the server a while. */
const ALL_INTERVAL_MS = 20_000;

/** Keeps those parts of the page up to date that the server renders: it reads them alone, and replaces what changed. */
export class PageParts {
  readonly #clock: PageClock;
  #isBusy = false;
  #again = false;
  #allReadAt = performance.now();
  #tellFailure: (status: number | undefined) => void = () => {};

  constructor(clock: PageClock) {
    this.#clock = clock;
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden && this.#again) this.refreshSoon();
    });
  }

  /** Registers who is called with the status of a failed reading, and with undefined after a good one. */
  readonly failed = (tell: (status: number | undefined) => void): void => {
    this.#tellFailure = tell;
  };

  /** Reads the parts anew, now or when the reading before is long enough ago. */
  refreshSoon(): void {
    if (this.#isBusy || document.hidden) {
      this.#again = true;
      return;
    }
    this.#isBusy = true;
    this.#again = false;
    void this.#refresh().then((isWell) => {
      setTimeout(
        () => {
          this.#isBusy = false;
          if (this.#again || !isWell) this.refreshSoon();
        },
        isWell ? REFRESH_INTERVAL_MS : RETRY_MS,
      );
    });
  }

  async #refresh(): Promise<boolean> {
    const address = new URL(location.href);
    const isAll = performance.now() - this.#allReadAt >= ALL_INTERVAL_MS;
    address.searchParams.set('parts', isAll ? 'all' : 'yes');
    try {
      const response = await fetch(address, { headers: { accept: 'text/html' }, cache: 'no-store' });
      this.#tellFailure(response.ok ? undefined : response.status);
      if (response.ok) this.#replace(await response.text());
      if (response.ok && isAll) this.#allReadAt = performance.now();
      return response.ok;
    } catch {
      // The stream says when the server is there again, and that reads the parts.
      return true;
    }
  }

  #replace(html: string): void {
    const template = document.createElement('template');
    template.innerHTML = html;
    for (const part of template.content.querySelectorAll<HTMLElement>('[data-part]')) {
      const name = CSS.escape(part.dataset.part ?? '');
      const shown = document.querySelector<HTMLElement>(`main [data-part="${name}"]`);
      if (shown === null) continue;
      const scrolled = shown.querySelector('ul')?.scrollTop ?? 0;
      this.#clock.localise(part);
      shown.replaceChildren(...part.childNodes);
      const list = shown.querySelector('ul');
      if (list !== null && scrolled > 0) list.scrollTop = scrolled;
    }
  }
}
