// The script of the pages: it brings what the server rendered to life. Everything it does can be done without it, save
// to see news without a reload.
import { startClock } from './live/clock.js';
import { followGroup } from './live/group-stream.js';
import { PageParts } from './live/page-parts.js';
import { startThemeSwitch } from './theme.js';
import { ChartView } from './chart/chart-view.js';
import { SensorCards } from './sensors/sensor-cards.js';

startThemeSwitch();
const clock = startClock();

const { page, group } = document.body.dataset;
if (page !== undefined && page !== 'other' && group !== undefined) {
  const parts = new PageParts(clock);
  const chartElement = document.querySelector<HTMLElement>('[data-chart]');
  const chart = chartElement === null ? undefined : new ChartView(chartElement, group, clock);
  const cardList = document.getElementById('sensors');
  const cards = cardList === null ? undefined : new SensorCards(cardList, group, clock);
  let isFirst = true;
  followGroup(group, {
    connected: () => {
      parts.refreshSoon();
      // What was stored between the making of the page and this moment, or at any time while the connection was away.
      if (isFirst) chart?.readOn();
      else chart?.readAgain();
      isFirst = false;
      cards?.refreshSoon();
    },
    measured: (timestamp) => {
      parts.refreshSoon();
      chart?.measured(timestamp);
      cards?.refreshSoon();
    },
    statusChanged: (status) => {
      parts.refreshSoon();
      chart?.leads(status.token);
      cards?.refreshSoon();
    },
    cleared: () => {
      parts.refreshSoon();
      chart?.readAgain();
      cards?.clear();
    },
    refreshFailed: parts.failed,
  });
}
