import { checkMilliseconds, invalid } from '../arguments/arguments.js';

const defaultMarginPart = 1 / 3;

/** At the door, when the session timeout may not be negotiated yet. */
export function checkLeaseMargin(leaseMarginMs: number): number {
  return checkMilliseconds(leaseMarginMs, 'leaseMarginMs', { min: 0 });
}

/** The part of a session's timeout that a lease leaves unused; throws `INVALID_ARGUMENT` where nothing would remain. */
export function leaseMargin(leaseMarginMs: number | undefined, sessionTimeoutMs: number): number {
  if (leaseMarginMs === undefined) return sessionTimeoutMs * defaultMarginPart;
  if (checkLeaseMargin(leaseMarginMs) < sessionTimeoutMs) return leaseMarginMs;
  throw invalid(
    'leaseMarginMs',
    leaseMarginMs,
    `less than the session timeout, which the servers negotiated to be ${sessionTimeoutMs} ms`,
  );
}
