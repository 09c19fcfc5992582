import { loadData, model } from '@striate/app-experiment';
import { BackendError, dispose, use, type Backend } from '@striate/core';
import { modelFiles } from '@striate/inference';
import type { ClassifyingNetwork } from '@striate/inference/internal';
import { initialize, summary } from '@striate/layers';
import type { Drawing, Report, Request, Source } from '../messages.ts';
import { classifyDrawing, openFolder } from './classifier.ts';
import { createLiveNetwork } from './live-network.ts';
import { createSample } from './sample.ts';
import { startTraining, type Training, type TrainingParts } from './training.ts';

/** What a worker does for its page. */
export interface Session {
  /** Does what the page asks for and reports what comes of it; throws what goes wrong. */
  handle(request: Request): Promise<void>;
}

const summaryWidth = 72;

/** A session on a backend. */
export function createSession(backend: Backend, report: (report: Report) => void): Session {
  let parts: TrainingParts | undefined;
  let training: Training | undefined;
  let folder: ClassifyingNetwork | undefined;
  /** The network as it was at the end of the last epoch, for the case that the backend fails. */
  let lastEpoch: Readonly<Record<string, Uint8Array>> | undefined;

  async function open(digits: string): Promise<void> {
    const found = await backend.probe();
    if (!found.available) {
      report({ type: 'unavailable', backend: backend.name, reason: found.reason, remedy: found.remedy });
      return;
    }
    await use(backend);
    const { device } = backend.stats();
    const { hardwareConcurrency: cores } = navigator;
    report({ type: 'started', device: { backend: backend.name, device, isolated: crossOriginIsolated, cores } });
    const data = await loadData({ directory: new URL(digits) });
    const sample = createSample(data.test);
    parts = {
      data,
      sample,
      live: createLiveNetwork({
        ...initialize(model(), { seed: 1 }),
        outputMeaning: 'classes',
        classNames: data.test.dataset.classNames,
        preprocessing: data.test.preprocessing,
      }),
      async epochEnded(network) {
        lastEpoch = await modelFiles(network);
      },
      report,
    };
    report({
      type: 'ready',
      trainImages: data.train.dataset.length,
      batchesPerEpoch: data.train.batchesPerEpoch,
      testImages: sample.shown,
      summary: summary(model(), { width: summaryWidth }),
    });
  }

  function opened(): TrainingParts {
    if (!parts) throw new Error('The digits are not there yet.');
    return parts;
  }

  async function train(request: Extract<Request, { type: 'train' }>): Promise<void> {
    const { live } = opened();
    training = startTraining(opened(), request);
    try {
      await training.done;
    } catch (error) {
      live.rest(undefined);
      throw error;
    } finally {
      training = undefined;
    }
  }

  async function classify(drawing: Drawing, source: Source): Promise<void> {
    const answer =
      source === 'folder' && folder
        ? await classifyDrawing(folder, drawing)
        : await opened().live.ask((network) => classifyDrawing(network as ClassifyingNetwork, drawing)); // trained on the digits
    report({ type: 'answer', answer: { ...answer, source } });
  }

  async function loadFolder(name: string, files: readonly File[]): Promise<void> {
    const opening = await openFolder(files).catch((error: Error) => {
      const { message, cause } = error;
      report({ type: 'refused', name, why: message, ...(cause instanceof Error && { details: cause.message }) });
    });
    if (!opening) return;
    if (folder) dispose(folder.parameters, folder.state);
    folder = opening;
    report({ type: 'loaded', name, summary: summary(folder.model, { width: summaryWidth }) });
  }

  async function save(): Promise<void> {
    const present = opened().live.ask((network) => modelFiles(network));
    const files = await present.catch((error: unknown) => {
      if (error instanceof BackendError && lastEpoch) return lastEpoch;
      throw error;
    });
    report({ type: 'saved', files });
  }

  return {
    async handle(request) {
      switch (request.type) {
        case 'open':
          return open(request.digits);
        case 'train':
          return train(request);
        case 'pause':
          return training?.pause();
        case 'resume':
          return training?.resume();
        case 'stop':
          return training?.stop();
        case 'classify':
          return classify(request.drawing, request.source);
        case 'load':
          return loadFolder(request.name, request.files);
        case 'save':
          return save();
      }
    },
  };
}
