import { type Overview } from '@atalaya/contracts';
import { displayChange, displayCount, displayDuration, displayFigure } from '../format.js';
import { pageAddress, type PageContext } from '../layout.js';
import { markup, type Markup } from '../markup.js';
import { type PageTexts } from '../texts/page-texts.js';
import { fill } from '../texts/texts.js';
import { ageElement, timeElement } from '../times.js';
import { valueElement } from '../values.js';

/** Ticks that may be late before the page says that no leader reports. */
const LATE_TICKS = 3;
const DEFAULT_INTERVAL_MS = 5_000;

/** Names of sensors in trouble that are named at the top. */
const NAMED = 3;

/** The newest mean, large, with what belongs to it, and who leads. */
export function summary(context: PageContext, overview: Overview): Markup {
  return markup`<section class="summary" aria-labelledby="newest-title">
    ${alarm(context, overview)} ${mean(context, overview)}
    <dl class="facts">${leaderFact(context, overview)} ${sensorFact(context, overview)} ${bandFact(context, overview)}</dl>
  </section>`;
}

/** Says that nobody reports; a browser shows it as soon as it is so. */
function alarm({ texts, now }: PageContext, { status: { tick }, leadership }: Overview): Markup {
  if (tick === null) return markup`<p class="alarm">${texts.noReportYet}</p>`;
  const intervalMs = leadership?.intervalMs ?? DEFAULT_INTERVAL_MS;
  const overdueAt = tick + LATE_TICKS * intervalMs;
  const age = displayDuration(Math.max(0, now - tick), texts);
  const interval = displayDuration(intervalMs, texts);
  return markup`<p
    class="alarm"
    id="no-leader"
    data-overdue-at="${overdueAt}"
    data-tick="${tick}"
    data-interval="${intervalMs}"
    ${now < overdueAt && HIDDEN}
  >
    ${fill(texts.overdue, { age, interval })}
  </p>`;
}

const HIDDEN = markup`hidden`;

function mean(context: PageContext, { status, measurements }: Overview): Markup {
  const { texts, language, now } = context;
  const { value, tick } = status;
  const newest = measurements.at(-1);
  const shown = newest ?? (value === null || tick === null ? undefined : { value, timestamp: tick });
  const before = measurements.at(-2);
  return markup`<div class="mean">
    <h2 id="newest-title" class="label">${texts.newestMean}</h2>
    <p id="newest-mean" class="figure">
      ${
        shown === undefined
          ? markup`<span class="none">–</span>`
          : markup`<data value="${shown.value}" title="${shown.value}">${displayFigure(shown.value, language)}</data>`
      }
    </p>
    <p class="quiet">
      ${
        shown === undefined
          ? texts.noMean
          : markup`${changeText(context, before && shown.value - before.value)}${timeElement(shown.timestamp)} ·
            ${ageElement(shown.timestamp, now, texts)}`
      }
    </p>
  </div>`;
}

function changeText({ texts, language }: PageContext, change: number | undefined): Markup {
  if (change === undefined) return markup``;
  if (change === 0) return markup`${texts.unchanged} · `;
  return markup`<span class="change">${fill(texts.changed, { change: displayChange(change, language) })}</span> · `;
}

function leaderFact(context: PageContext, { status: { leader, since }, leadership }: Overview): Markup {
  const { texts, now } = context;
  const begin = leadership?.elected ?? since;
  return markup`<div>
    <dt>${texts.leader}</dt>
    <dd id="leader">
      ${leader === null ? texts.noLeader : leaderSince(texts, leader, since)}
      ${
        leader !== null &&
        begin !== null &&
        markup`<a class="quiet" href="${pageAddress('/leadership', context)}">${ageElement(begin, now, texts)}</a>`
      }
    </dd>
  </div>`;
}

/** The time is an element of its own, so the text is filled around it. */
function leaderSince(texts: PageTexts, leader: string, since: number | null): Markup {
  if (since === null) return markup`<strong>${leader}</strong>`;
  const parts = texts.leaderSince.split(/(\{\w+\})/).map((part) => {
    if (part === '{leader}') return markup`<strong>${leader}</strong>`;
    return part === '{since}' ? timeElement(since) : markup`${part}`;
  });
  return markup`${parts}`;
}

function sensorFact({ texts, language }: PageContext, { status }: Overview): Markup {
  const troubled = [...status.invalid, ...status.stale];
  const names = troubled.slice(0, NAMED).join(', ') + (troubled.length > NAMED ? ', …' : '');
  return markup`<div>
    <dt>${texts.sensorsInMean}</dt>
    <dd>
      <strong>${displayCount(status.count, language)}</strong>
      ${
        troubled.length === 0
          ? markup`<span class="quiet">${texts.noneInTrouble}</span>`
          : markup`<span class="state stale">${fill(texts.inTrouble, { count: troubled.length, names })}</span>`
      }
    </dd>
  </div>`;
}

function bandFact({ texts, language }: PageContext, { min, max }: Overview): Markup {
  return markup`<div>
    <dt>${texts.band}</dt>
    <dd>
      ${
        min === null || max === null
          ? markup`<span class="quiet">–</span>`
          : markup`<strong>${valueElement(min, language)} – ${valueElement(max, language)}</strong>`
      }
    </dd>
  </div>`;
}
