import { type GroupSummary } from '@atalaya/contracts';
import { layout, pageAddress, type PageContext } from '../layout.js';
import { markup, type Markup } from '../markup.js';
import { fill } from '../texts/texts.js';
import { silenceText } from '../silence.js';
import { ageElement } from '../times.js';
import { figureElement } from '../values.js';

/** The page `/groups`: which groups there are, each with its newest mean, leader and trouble. */
export function groupsPage(context: PageContext, groups: readonly GroupSummary[]): string {
  const content = markup`<div data-part="groups">${groupCards(context, groups)}</div>`;
  return layout({ path: '/groups', title: context.texts.groupsTitle, name: 'groups' }, context, content);
}

/** The part of the page that changes. */
export function groupsParts(context: PageContext, groups: readonly GroupSummary[]): string {
  return markup`<div data-part="groups">${groupCards(context, groups)}</div>`.text;
}

function groupCards(context: PageContext, groups: readonly GroupSummary[]): Markup {
  if (groups.length === 0) return markup`<p class="empty">${context.texts.noGroups}</p>`;
  return markup`<ul class="groups">
    ${groups.map((summary) => groupCard(context, summary))}
  </ul>`;
}

function groupCard(context: PageContext, summary: GroupSummary): Markup {
  const { texts, language, now } = context;
  const { group, value, tick, leader } = summary;
  return markup`<li class="card">
    <h2><a href="${pageAddress('/', { ...context, group })}">${group}</a></h2>
    <p class="figure small">${value === null ? '–' : figureElement(value, language)}</p>
    <p class="quiet">${tick === null ? texts.noMean : ageElement(tick, now, texts)}</p>
    <dl class="rows">
      <dt>${texts.leader}</dt>
      <dd>${leader ?? texts.noLeader}</dd>
      <dt>${texts.trouble}</dt>
      <dd class="troubles">${troubleOf(context, summary)}</dd>
    </dl>
  </li>`;
}

function troubleOf(context: PageContext, { tick, intervalMs, stale, invalid }: GroupSummary): Markup {
  const { texts } = context;
  const troubles = [
    ['invalid', silenceText(context, { tick, intervalMs })],
    ['invalid', invalid.length > 0 && fill(texts.countInvalid, { count: invalid.length })],
    ['stale', stale.length > 0 && fill(texts.countStale, { count: stale.length })],
  ] as const;
  const shown = troubles.filter(([, text]) => typeof text === 'string');
  return shown.length === 0
    ? markup`<span class="state ok">${texts.noTrouble}</span>`
    : markup`${shown.map(([state, text]) => markup`<span class="state ${state}">${text}</span>`)}`;
}
