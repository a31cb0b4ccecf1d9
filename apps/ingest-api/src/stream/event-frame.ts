import { type StoreEvent } from '@atalaya/measurement-store';

/** An event as it is sent, made once for all clients. */
export interface EventFrame {
  readonly id: string;
  readonly text: string;
}

/** Writes an event in the form of Server-Sent Events (WHATWG HTML, 9.2.5). */
export function frameOf(event: StoreEvent): EventFrame {
  // JSON has no line breaks outside of escapes, so that `data` is one line.
  return {
    id: event.id,
    text: `id: ${event.id}\nevent: ${event.event}\ndata: ${JSON.stringify(event.data)}\n\n`,
  };
}

/**
 * Says whether the store can be reached. It has no id and is no event of the group: it happens in this process, and
 * nothing resumes behind it.
 */
export function availabilityText(isAvailable: boolean): string {
  return `event: store\ndata: ${JSON.stringify({ available: isAvailable })}\n\n`;
}
