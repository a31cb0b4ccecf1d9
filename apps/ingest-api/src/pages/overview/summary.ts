import { type Overview } from '@atalaya/contracts';
import { changeOf, displayChange, displayCount } from '../format.js';
import { pageAddress, type PageContext } from '../layout.js';
import { markup, type Markup } from '../markup.js';
import { type PageTexts } from '../texts/page-texts.js';
import { fill } from '../texts/texts.js';
import { silenceAlarm } from '../silence.js';
import { ageElement, textWithTime, timeElement } from '../times.js';
import { figureElement, valueElement } from '../values.js';
import { type TroubledSensor } from './troubled-sensors.js';

/** The newest mean, large, with what belongs to it, and who leads. */
export function summary(
  context: PageContext,
  overview: Overview,
  troubled: readonly TroubledSensor[],
): Markup {
  const { status, leadership } = overview;
  const newest = { tick: status.tick, intervalMs: leadership?.intervalMs ?? null };
  return markup`<section class="summary" aria-labelledby="newest-title">
    ${silenceAlarm(context, newest)} ${mean(context, overview)}
    <dl class="facts">${leaderFact(context, overview)} ${sensorFact(context, overview, troubled)} ${bandFact(context, overview)}</dl>
  </section>`;
}

function mean(context: PageContext, { status, measurements }: Overview): Markup {
  const { texts, language, now } = context;
  const { value, tick } = status;
  const newest = measurements.at(-1);
  const shown = newest ?? (value === null || tick === null ? undefined : { value, timestamp: tick });
  const before = measurements.at(-2);
  return markup`<div class="mean">
    <h2 id="newest-title" class="label">${texts.newestMean}</h2>
    <p id="newest-mean" class="figure">
      ${shown === undefined ? markup`<span class="none">–</span>` : figureElement(shown.value, language)}
    </p>
    <p class="quiet">
      ${
        shown === undefined
          ? texts.noMean
          : markup`${changeText(context, before && changeOf(shown.value, before.value))}${timeElement(shown.timestamp)} ·
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
      ${leader === null ? texts.noLeader : leaderSince(texts, leader, begin)}
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

function sensorFact(context: PageContext, { status }: Overview, troubled: readonly TroubledSensor[]): Markup {
  const { texts, language } = context;
  const { count, invalid, stale } = status;
  const unnamed = invalid.length + stale.length - troubled.length;
  return markup`<div id="sensors-in-mean">
    <dt>${texts.sensorsInMean}</dt>
    <dd>
      <strong>${displayCount(count, language)}</strong>
      ${troubled.length === 0 && count > 0 && markup`<span class="quiet">${texts.noneInTrouble}</span>`}
      ${troubled.map((sensor) => troubledSensor(context, sensor))}
      ${
        unnamed > 0 &&
        markup`<span class="quiet">${fill(texts.moreInTrouble, { count: displayCount(unnamed, language) })}</span>`
      }
    </dd>
  </div>`;
}

function troubledSensor(context: PageContext, { id, state, since }: TroubledSensor): Markup {
  const { texts, now } = context;
  const address = pageAddress(`/sensors/${encodeURIComponent(id)}`, context);
  return markup`<span class="troubled">
    <a class="state ${state}" href="${address}">${id}: ${texts.states[state]}</a>
    <span class="quiet">
      ${
        since === null
          ? texts.neverValue
          : markup`${textWithTime(texts.sinceTime, since)} · ${ageElement(since, now, texts)}`
      }
    </span>
  </span>`;
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
