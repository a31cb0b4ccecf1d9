import type uPlot from 'uplot';

/** A mark on the time axis; time in ms. */
export interface TimeMark {
  at: number;
  /** Where the time before it begins that it ended, drawn as a shade. */
  from: number;
  label: string;
}

/** A ring around a point; time in ms. */
export interface PointMark {
  at: number;
  value: number;
}

const ARROW_PX = 6;
const RING_PX = 5;

/** How much of the colour of a mark its shade has. */
const SHADE = 0.16;

/**
 * Draws a line with an arrow, a shade and its label for each mark (oldest first), and a ring for each point. A label that has
 * no room beside those of newer marks is left out.
 */
export function drawMarks(
  plot: uPlot,
  marks: readonly TimeMark[],
  points: readonly PointMark[],
  colours: { mark: string; point: string; font: string },
): void {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.strokeStyle = colours.mark;
  ctx.fillStyle = colours.mark;
  ctx.lineWidth = 1.5 * scale;
  ctx.textAlign = 'left';
  ctx.font = `600 ${11 * scale}px ${colours.font}`;
  let labelsFrom = bbox.left + bbox.width;
  for (const { at, from, label } of [...marks].reverse()) {
    const x = plot.valToPos(at, 'x', true);
    const begin = plot.valToPos(from, 'x', true);
    ctx.globalAlpha = SHADE;
    ctx.fillRect(begin, bbox.top, x - begin, bbox.height);
    ctx.globalAlpha = 1;
    ctx.setLineDash([4 * scale, 3 * scale]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.beginPath();
    ctx.moveTo(x - ARROW_PX * scale, bbox.top);
    ctx.lineTo(x + ARROW_PX * scale, bbox.top);
    ctx.lineTo(x, bbox.top + ARROW_PX * 1.5 * scale);
    ctx.fill();
    const { width } = ctx.measureText(label);
    const sides = [x + 9 * scale, x - width - 9 * scale];
    const left = sides.find((side) => side > bbox.left && side + width + 3 * scale < labelsFrom);
    if (left === undefined) continue;
    ctx.fillText(label, left, bbox.top + 13 * scale);
    labelsFrom = left - 5 * scale;
  }
  ctx.strokeStyle = colours.point;
  ctx.lineWidth = 2 * scale;
  for (const { at, value } of points) {
    ctx.beginPath();
    ctx.arc(plot.valToPos(at, 'x', true), plot.valToPos(value, 'y', true), RING_PX * scale, 0, 2 * Math.PI);
    ctx.stroke();
  }
  ctx.restore();
}
