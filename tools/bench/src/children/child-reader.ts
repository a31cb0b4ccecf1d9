import type { Answer } from './answering-program.js';

/** A client that reads the values of all children of a znode. */
export interface ChildReader {
  readonly name: string;
  /** Most children that it is asked to read; any number where it is absent. */
  readonly most?: number;
  read(parent: string): Promise<Answer>;
}
