import type { ZnodeValue } from '../connection/stat.js';

export interface ChildValues {
  /** By child name, in the order of the names. */
  readonly children: Map<string, ZnodeValue>;
}
