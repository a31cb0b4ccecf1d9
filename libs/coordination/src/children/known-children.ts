import type { Session } from '../connection/session.js';

/** Children as a pass over them has found them. */
export interface KnownChildren {
  /** As the server listed them: it does so in the same order while none comes or goes. */
  readonly listed: readonly string[];
  /** Sorted, with their paths beside them. */
  readonly names: readonly string[];
  readonly paths: readonly string[];
}

/** Fewer are read as soon as they are listed. */
const minRemembered = 128;
/** Parents of one session; the one that was passed over longest ago is forgotten. */
const maxParents = 16;

const remembered = new WeakMap<Session, Map<string, KnownChildren>>();

/** What the latest pass of this session over the children of a znode has found, where they are many. */
export function knownChildren(session: Session, parentPath: string): KnownChildren | undefined {
  return remembered.get(session)?.get(parentPath);
}

export function rememberChildren(session: Session, parentPath: string, known: KnownChildren): void {
  const byParent = remembered.get(session) ?? new Map<string, KnownChildren>();
  remembered.set(session, byParent);
  byParent.delete(parentPath);
  if (known.listed.length < minRemembered) return;
  byParent.set(parentPath, known);
  const [oldest] = byParent.keys();
  if (byParent.size > maxParents && oldest !== undefined) byParent.delete(oldest);
}

/** Whether a listing is that of the pass before. */
export function isAsKnown(
  known: KnownChildren | undefined,
  listed: readonly string[],
): known is KnownChildren {
  return (
    known?.listed.length === listed.length && known.listed.every((name, index) => name === listed[index])
  );
}
