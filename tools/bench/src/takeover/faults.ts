import type { Candidate } from './candidates.js';

/** What is done to a leader, and what is undone once another one leads. */
export interface LeaderFault {
  readonly name: string;
  inflict(leader: Candidate): void;
  lift(leader: Candidate): Promise<void>;
}

const nothing = (): Promise<void> => Promise.resolve();

const signalled = (signal: NodeJS.Signals, lift: LeaderFault['lift'] = nothing): LeaderFault => ({
  name: signal,
  inflict: ({ process }) => {
    process.signal(signal);
  },
  lift,
});

export const FAULTS: readonly LeaderFault[] = [
  signalled('SIGKILL'),
  signalled('SIGSTOP', ({ process }) => {
    process.signal('SIGCONT');
    return Promise.resolve();
  }),
  signalled('SIGTERM'),
  {
    name: 'cut link',
    // Both sides believe that they are connected, as with a cable that is pulled.
    inflict: ({ proxy }) => {
      proxy.halfOpen();
    },
    lift: ({ proxy }) => proxy.passThrough(),
  },
];
