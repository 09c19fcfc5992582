import { BackendError, dispose } from '@striate/core';
import type { Network } from '@striate/layers';
import { createGate } from './gate.ts';

/** The trained network, which can be asked at any time: at once while it rests, else between two steps of training. */
export interface LiveNetwork {
  /** Runs a job with the network as it is now; jobs run one after another. */
  ask<T>(job: (network: Network) => Promise<T>): Promise<T>;
  /** Whether jobs wait for the next pause between two steps. */
  isAsked(): boolean;
  /** Ends when a job waits. */
  nextQuestion(): Promise<void>;
  /** Runs the jobs that wait, on the network between two steps. */
  answer(network: Network): Promise<void>;
  /** Training begins: the network that rests here is given up. */
  leave(): Promise<void>;
  /** Training is over: its network rests here. Without one, jobs fail from now on. */
  rest(network: Network | undefined): void;
}

/** A network that has not been trained yet. */
export function createLiveNetwork(first: Network): LiveNetwork {
  let resting: Network | undefined = first;
  let isLost = false;
  let last: Promise<void> = Promise.resolve();
  const jobs: ((network: Network | undefined) => Promise<void>)[] = [];
  const arrived = createGate();

  const answer = (network: Network | undefined): Promise<void> => {
    last = last.then(async () => {
      for (let job = jobs.shift(); job; job = jobs.shift()) await job(network);
    });
    return last;
  };

  return {
    ask: (job) =>
      new Promise((resolve, reject) => {
        jobs.push(async (network) => {
          const asked = network ? job(network) : Promise.reject(lostError());
          await asked.then(resolve, reject);
        });
        arrived.open();
        if (resting || isLost) void answer(resting);
      }),
    isAsked: () => jobs.length > 0,
    nextQuestion: () => arrived.wait(),
    answer,
    async leave() {
      const network = resting;
      resting = undefined;
      await last;
      if (network) dispose(network.parameters, network.state);
    },
    rest(network) {
      resting = network;
      isLost = network === undefined;
      void answer(network);
    },
  };
}

function lostError(): BackendError {
  return new BackendError('The network is gone, because the backend failed. Load the page again.');
}
