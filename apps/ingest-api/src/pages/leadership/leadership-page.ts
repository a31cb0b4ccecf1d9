import { type Leadership, type Term } from '@atalaya/contracts';
import { displayCount, displayDuration } from '../format.js';
import { layout, type PageContext } from '../layout.js';
import { markup, type Markup } from '../markup.js';
import { fill } from '../texts/texts.js';
import { silenceAlarm } from '../silence.js';
import { ageElement, timeElement } from '../times.js';
import { termStatistics } from './term-statistics.js';
import { timeline } from './timeline.js';

/** Terms in the table. */
const LISTED_TERMS = 100;

export interface LeadershipPageData {
  /** Of the last 30 days, oldest first. */
  terms: readonly Term[];
  leadership: Leadership | null;
}

/** The page `/leadership`: the queue, who leads under which token, and the terms of the last 30 days. */
export function leadershipPage(context: PageContext, data: LeadershipPageData): string {
  const title = fill(context.texts.leadershipTitle, { group: context.group });
  const content = markup`<div data-part="leadership">${leadershipContent(context, data)}</div>`;
  return layout({ path: '/leadership', title, name: 'leadership' }, context, content);
}

/** The part of the page that changes. */
export function leadershipParts(context: PageContext, data: LeadershipPageData): string {
  return markup`<div data-part="leadership">${leadershipContent(context, data)}</div>`.text;
}

function leadershipContent(context: PageContext, { terms, leadership }: LeadershipPageData): Markup {
  const newest = { tick: terms.at(-1)?.last ?? null, intervalMs: leadership?.intervalMs ?? null };
  return markup`
    ${newest.tick !== null && silenceAlarm(context, newest)}
    <div class="columns even">${leaderCard(context, leadership, terms)} ${queueCard(context, leadership)}</div>
    ${statistics(context, terms)} ${termsCard(context, terms)}
  `;
}

function leaderCard(context: PageContext, leadership: Leadership | null, terms: readonly Term[]): Markup {
  const { texts, now } = context;
  const over = terms.at(-1)?.ended ?? null;
  if (leadership === null) {
    return markup`<section class="card" aria-labelledby="leader-title">
      <h2 id="leader-title">${texts.leader}</h2>
      <p class="empty">${texts.noReportYet}</p>
    </section>`;
  }
  const { leader, token, elected, at, leaseUntil } = leadership;
  const left = at === null || leaseUntil === null ? undefined : displayDuration(leaseUntil - at, texts);
  return markup`<section class="card" aria-labelledby="leader-title">
    <h2 id="leader-title">${texts.leader}</h2>
    <p class="name" id="leader">${over === null ? (leader ?? '–') : texts.noLeader}</p>
    <dl class="rows">
      <dt>${texts.since}</dt>
      <dd>${elected === null ? texts.notSaid : markup`${timeElement(elected)} · ${ageElement(elected, now, texts)}`}</dd>
      <dt>${texts.token}</dt>
      <dd><code>${token}</code></dd>
      <dt>${texts.lease}</dt>
      <dd>${over !== null ? texts.leaseOver : left === undefined ? texts.notSaid : fill(texts.leaseLeft, { left })}</dd>
      <dt>${texts.lastReport}</dt>
      <dd>${at === null ? texts.notSaid : markup`${timeElement(at)} · ${ageElement(at, now, texts)}`}</dd>
    </dl>
  </section>`;
}

function queueCard({ texts }: PageContext, leadership: Leadership | null): Markup {
  const candidates = leadership?.candidates ?? [];
  return markup`<section class="card" aria-labelledby="queue-title">
    <h2 id="queue-title">${texts.queue}</h2>
    ${
      candidates.length === 0
        ? markup`<p class="empty">${texts.queueEmpty}</p>`
        : markup`<ol class="queue" id="queue">
              ${candidates.map(
                (id, index) =>
                  markup`<li>
                    <strong>${id}</strong>
                    <span class="quiet">${index === 0 ? texts.leads : fill(texts.place, { n: index + 1 })}</span>
                  </li>`,
              )}
            </ol>
            <p class="quiet">${texts.queueHint}</p>`
    }
  </section>`;
}

function statistics({ texts, language, now }: PageContext, terms: readonly Term[]): Markup {
  const { takeovers, longestGapMs, missedTicks, longestTermMs } = termStatistics(terms, now);
  const duration = (ms: number | null): string => (ms === null ? '–' : displayDuration(ms, texts));
  const figures = [
    [texts.takeoverCount, displayCount(takeovers, language)],
    [texts.longestGap, duration(longestGapMs)],
    [texts.missedTicks, displayCount(missedTicks, language)],
    [texts.longestTerm, duration(longestTermMs)],
  ] as const;
  return markup`<section class="card" aria-labelledby="statistics-title">
    <h2 id="statistics-title">${texts.statistics}</h2>
    <dl class="figures">
      ${figures.map(
        ([name, figure]) =>
          markup`<div>
            <dt>${name}</dt>
            <dd>${figure}</dd>
          </div>`,
      )}
    </dl>
    ${terms.length > 0 && timeline(terms, { texts, now })}
  </section>`;
}

function termsCard(context: PageContext, terms: readonly Term[]): Markup {
  const { texts } = context;
  const rows = terms.slice(-LISTED_TERMS).reverse();
  return markup`<section class="card" aria-labelledby="terms-title">
    <h2 id="terms-title">${texts.terms}</h2>
    ${
      rows.length === 0
        ? markup`<p class="empty">${texts.noTerms}</p>`
        : markup`<div class="scroll" tabindex="0" role="group" aria-labelledby="terms-title">
            <table id="terms">
              <thead>
                <tr>
                  <th scope="col">${texts.leader}</th>
                  <th scope="col">${texts.since}</th>
                  <th scope="col">${texts.until}</th>
                  <th scope="col">${texts.duration}</th>
                  <th scope="col">${texts.end}</th>
                  <th scope="col">${texts.gap}</th>
                  <th scope="col">${texts.missedTicks}</th>
                </tr>
              </thead>
              <tbody>
                ${rows.map((term) => termRow(context, term))}
              </tbody>
            </table>
          </div>`
    }
  </section>`;
}

function termRow({ texts, now }: PageContext, term: Term): Markup {
  const { leader, token, elected, since, ended, end, inferred, gapMs, missedTicks } = term;
  const begin = elected ?? since;
  return markup`<tr>
    <th scope="row" title="${texts.token} ${token}">${leader ?? '–'}</th>
    <td>${timeElement(begin)}</td>
    <td>${ended === null ? texts.current : timeElement(ended)}</td>
    <td>${displayDuration(Math.max(0, (ended ?? now) - begin), texts)}</td>
    <td>
      ${end === null ? '–' : markup`<span title="${texts.endsLong[end]}">${texts.ends[end]}</span>`}
      ${inferred && markup`<span class="quiet">(${texts.inferred})</span>`}
    </td>
    <td>${gapMs === null ? '–' : displayDuration(gapMs, texts)}</td>
    <td>${missedTicks ?? '–'}</td>
  </tr>`;
}
