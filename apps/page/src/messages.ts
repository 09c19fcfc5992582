// What the page and its worker say to each other: plain data, nothing else.

/** A picture as a person made it: how much ink lies on each pixel. */
export interface Drawing {
  width: number;
  height: number;
  /** [height * width], 0 (none) to 255. */
  ink: Uint8Array;
}

/** Whose answer is wanted: that of the network in training, or of the folder that was opened. */
export type Source = 'training' | 'folder';

/** From the page to the worker. */
export type Request =
  /** Start the backend and get the digits from the folder at this address. */
  | { type: 'open'; digits: string }
  /** Train new weights; `steps` ends it earlier and has each step's loss reported. */
  | { type: 'train'; epochs: number; seed: number; steps?: number }
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'stop' }
  | { type: 'classify'; drawing: Drawing; source: Source }
  /** Open a saved model. */
  | { type: 'load'; name: string; files: File[] }
  /** Hand out the trained network as files. */
  | { type: 'save' };

/** Mean loss and share of right answers. */
export interface Score {
  loss: number;
  accuracy: number;
}

/** Where the numbers are computed. */
export interface Device {
  backend: string;
  /** In the backend's words. */
  device: string;
  /** Whether the page is cross-origin isolated, and so may share memory among threads. */
  isolated: boolean;
  cores: number;
}

/** Some test images, one after another. */
export interface TestImages {
  width: number;
  height: number;
  count: number;
  /** [count * height * width], 0 to 255. */
  pixels: Uint8Array;
  labels: readonly string[];
}

/** How far training has come. */
export interface Progress {
  epoch: number;
  epochs: number;
  step: number;
  steps: number;
  /** Trained on, without the time for the curves' points; not known at first. */
  imagesPerSecond?: number;
  /** Since the start, pauses left out. */
  seconds: number;
  secondsLeft: number;
}

/** A point of the curves. */
export interface CurvePoint {
  /** Epochs done, with fractions. */
  epochs: number;
  /** Over the images trained on since the last point. */
  train: Score;
  /** Over a sample of the test images. */
  test: Score;
  /** What each image of {@link TestImages} is taken for. */
  guesses: readonly string[];
}

/** A row of the table. */
export interface EpochRow {
  epoch: number;
  train: Score;
  validation: Score;
  seconds: number;
}

/** What a network says of a drawing. */
export interface Answer {
  source: Source;
  classNames: readonly string[];
  probabilities: Float32Array;
  logits: Float32Array;
  /** The picture that the network got. */
  seen: { width: number; height: number; pixels: Uint8Array };
}

/** From the worker to the page. */
export type Report =
  /** The backend does not work here. */
  | { type: 'unavailable'; backend: string; reason: string; remedy: string }
  | { type: 'started'; device: Device }
  /** Everything is there; the network has its first, random weights. */
  | { type: 'ready'; trainImages: number; batchesPerEpoch: number; testImages: TestImages; summary: string }
  | { type: 'progress'; progress: Progress }
  | { type: 'paused' }
  | { type: 'point'; point: CurvePoint }
  | { type: 'epoch'; row: EpochRow }
  /** Training is over; `accuracy` is over all test images, and not measured if only some steps were wanted. */
  | {
      type: 'trained';
      stopped: string;
      seconds: number;
      step: number;
      accuracy?: number;
      stepLosses?: readonly number[];
    }
  | { type: 'answer'; answer: Answer }
  | { type: 'loaded'; name: string; summary: string }
  /** A saved model that cannot read drawings: why, in plain words, and what the program says. */
  | { type: 'refused'; name: string; why: string; details?: string }
  | { type: 'saved'; files: Readonly<Record<string, Uint8Array>> }
  /** What did not work, in words; `fatal`: nothing more can be computed. */
  | { type: 'failed'; during: Request['type'] | 'worker'; message: string; fatal: boolean };
