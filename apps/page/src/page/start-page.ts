import type { Report, Request, Source } from '../messages.ts';
import { createBoard } from './board.ts';
import { breakdown } from './breakdown.ts';
import { createControls, type Phase, type Wish } from './controls.ts';
import { createCurves } from './curves.ts';
import { deviceText } from './device-text.ts';
import { card, element } from './dom.ts';
import { createEpochTable } from './epoch-table.ts';
import { createModelsCard } from './models-card.ts';
import { computesInstead, noBackend } from './no-backend.ts';
import { clock, count, percent } from './numbers.ts';
import { askWhereToSave } from './save-files.ts';
import { allText, createStatus, sampleText } from './status.ts';
import { createTestGallery } from './test-images.ts';
import { createVerdict } from './verdict.ts';
import './style.css';

/** What an app brings along. */
export interface PageOptions {
  title: string;
  /** A worker that calls `serve`. */
  worker: Worker;
  /** Makes the worker that computes where the first one's backend does not work. */
  fallback?(): Worker;
}

const introduction =
  'A small network learns to read handwritten digits, here in your browser. Press Train and watch it become better; draw a digit, and it says what it sees.';
const preparingText = 'Preparing the training. The first step takes longest.';

type Unavailable = Extract<Report, { type: 'unavailable' }>;

const loadingText = 'Loading 70,000 handwritten digits (11 MB).';
const trainingText = 'Training. Draw a digit: the network reads it while it learns.';
const digitNames = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/**
 * Builds the page into `#app` and lets the worker compute.
 *
 * The address can say how to train: `?epochs=5&seed=2`; `?steps=30` ends training after as many steps and lists the loss
 * of each under "Numbers".
 *
 * @example
 * startPage({ title: 'Digits', worker: new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }) });
 */
export function startPage({ title, worker: first, fallback }: PageOptions): void {
  const wanted = trainingOptions(location.search);
  let worker = first;
  /** Why the first worker's backend does not work, if so, and what says it. */
  let replaced: { report: Unavailable; text: HTMLElement } | undefined;
  const send = (request: Request): void => worker.postMessage(request);
  let source: Source = 'training';
  let batchesPerEpoch = 1;
  let backend = '';
  /** Networks that are there to be asked. */
  const readers = new Set<Source>();
  let canSave = false;
  /** Training was asked for, and its first step is not done yet. */
  let isPreparing = false;
  let saveFiles: Awaited<ReturnType<typeof askWhereToSave>>;

  const status = createStatus();
  const curves = createCurves();
  const table = createEpochTable();
  const verdict = createVerdict(digitNames);
  const questions = createQuestions(() => {
    const drawing = readers.has(source) ? board.drawing() : undefined;
    if (drawing) send({ type: 'classify', drawing, source });
    else verdict.clear();
    return drawing !== undefined;
  });
  const board = createBoard(() => questions.ask());
  const gallery = createTestGallery((picture) => board.show(picture));
  const controls = createControls(wish, wanted);
  const models = createModelsCard({
    opened({ name, files }) {
      models.say(`Opening ${name} ...`);
      send({ type: 'load', name, files });
    },
    save() {
      void askWhereToSave().then((save) => {
        saveFiles = save;
        if (save) send({ type: 'save' });
      });
    },
    chose(next) {
      source = next;
      questions.ask();
    },
    failed: (message) => models.say(message),
  });

  function wish(wish: Wish): void {
    status.complain();
    if (wish.type === 'train') {
      curves.begin(Math.min(wish.epochs, (wanted.steps ?? Infinity) / batchesPerEpoch));
      table.begin();
      gallery.begin();
      status.begin();
      send({ ...wish, ...(wanted.steps !== undefined && { steps: wanted.steps }) });
      setPhase('training', preparingText);
      isPreparing = true;
      status.wait();
    } else {
      send(wish);
      if (wish.type === 'resume') setPhase('training', trainingText);
      if (wish.type === 'stop') setPhase('stopping', 'Stopping after this step ...');
    }
  }

  /** The first step is done: from now on there is progress to show. */
  function prepared(): void {
    if (!isPreparing) return;
    isPreparing = false;
    status.settle();
    if (document.documentElement.dataset['phase'] === 'training') status.say(trainingText);
  }

  function setPhase(phase: Phase, sentence: string): void {
    isPreparing = false;
    status.settle();
    controls.setPhase(phase);
    if (phase === 'ready' || phase === 'failed') status.end();
    status.say(sentence);
    document.documentElement.dataset['phase'] = phase;
  }

  const header = element('header', {}, element('h1', {}, title), element('p', {}, introduction));
  const work = card('Training', 'training', controls.element, status.element);
  const clear = element('button', { type: 'button', onclick: () => board.clear() }, 'Wipe');
  const drawing = card(
    'Your digit',
    'drawing',
    element('div', { className: 'drawing-area' }, board.element, verdict.headline),
    element('div', { className: 'buttons' }, clear, models.chooser),
    verdict.bars,
  );
  const app = document.querySelector<HTMLElement>('#app')!;
  app.replaceChildren(header, work, drawing, curves.element, gallery.element, models.element, table.element);
  setPhase('loading', loadingText);
  status.wait();

  function hear(report: Report): void {
    switch (report.type) {
      case 'unavailable':
        unavailable(report);
        break;
      case 'started':
        ({ backend } = report.device);
        header.append(deviceText(report.device));
        break;
      case 'ready':
        ({ batchesPerEpoch } = report);
        readers.add('training');
        gallery.show(report.testImages);
        models.describe(report.summary);
        setPhase('ready', `The network knows nothing yet. Train it on ${count(report.trainImages)} images.`);
        questions.ask();
        break;
      case 'progress':
        prepared();
        status.show(report.progress);
        break;
      case 'paused':
        setPhase('paused', 'Paused. Draw a digit: the half-trained network reads it.');
        break;
      case 'point':
        prepared();
        curves.add(report.point);
        models.setSavable(true);
        status.showAccuracy(report.point.test.accuracy, sampleText);
        gallery.guess(report.point.guesses);
        if (source === 'training') questions.ask();
        break;
      case 'epoch':
        table.add(report.row);
        canSave = true;
        break;
      case 'trained':
        if (report.accuracy !== undefined) status.showAccuracy(report.accuracy, allText);
        models.setSavable(report.step > 0);
        if (report.stepLosses) table.addSteps(report.stepLosses);
        setPhase('ready', trainedText(report));
        if (source === 'training') questions.ask();
        break;
      case 'answer':
        if (board.drawing() && report.answer.source === source) verdict.show(report.answer);
        questions.answered();
        break;
      case 'loaded':
        source = 'folder';
        readers.add('folder');
        models.loaded(report.name, report.summary);
        models.say(`The model “${report.name}” reads your drawings now.`);
        questions.ask();
        break;
      case 'refused':
        models.refuse(report.name, report.why, report.details);
        break;
      case 'saved':
        saveFiles?.(report.files).then(models.say, (error: Error) => models.say(`Not saved: ${error.message}`));
        break;
      case 'failed':
        fail(report);
    }
  }

  function unavailable(report: Unavailable): void {
    worker.terminate();
    if (fallback && !replaced) {
      replaced = { report, text: computesInstead(report) };
      header.append(replaced.text);
      worker = fallback();
      open();
      return;
    }
    replaced?.text.remove();
    app.replaceChildren(header, ...(replaced ? [noBackend(replaced.report)] : []), noBackend(report));
    document.documentElement.dataset['phase'] = 'failed';
  }

  function fail({ during, message, fatal }: Extract<Report, { type: 'failed' }>): void {
    if (during === 'classify') questions.answered();
    if (during === 'load' || during === 'save') {
      models.say(message);
      return;
    }
    if (fatal || during === 'train') models.setSavable(canSave);
    if (fatal) {
      readers.clear();
      status.complain(...breakdown({ backend, message, canSave }));
      setPhase('failed', 'Nothing can be computed any more.');
      return;
    }
    status.complain(message);
    if (during === 'open' || during === 'worker') setPhase('failed', 'This page could not be made ready.');
    else if (during === 'train') setPhase('ready', 'Training ended with an error.');
  }

  function open(): void {
    worker.addEventListener('message', ({ data }: MessageEvent<Report>) => hear(data));
    worker.addEventListener('error', ({ message }) => {
      fail({
        type: 'failed',
        during: 'worker',
        message: `The worker failed: ${message || 'it could not be loaded'}.`,
        fatal: true,
      });
    });
    send({ type: 'open', digits: new URL('digits/', document.baseURI).href });
  }
  open();
}

function trainedText({ stopped, seconds, step, accuracy }: Extract<Report, { type: 'trained' }>): string {
  const how = stopped === 'completed' ? 'Trained' : 'Stopped';
  const found = accuracy === undefined ? '' : ` Of all 10,000 test images it reads ${percent(accuracy)} rightly.`;
  return `${how} after ${count(step)} steps and ${clock(seconds)}.${found}`;
}

/** At most one question is with the worker; if the drawing or the network changes meanwhile, one more follows. */
function createQuestions(put: () => boolean): { ask(): void; answered(): void } {
  let isOpen = false;
  let isOutdated = false;
  const ask = (): void => {
    if (isOpen) isOutdated = true;
    else isOpen = put();
  };
  return {
    ask,
    answered() {
      isOpen = false;
      if (!isOutdated) return;
      isOutdated = false;
      ask();
    },
  };
}

function trainingOptions(search: string): { epochs: number; seed: number; steps?: number } {
  const given = new URLSearchParams(search);
  const number = (name: string, otherwise: number): number => {
    const value = Number(given.get(name) ?? Number.NaN);
    return Number.isInteger(value) && value >= 0 ? value : otherwise;
  };
  const steps = number('steps', 0);
  return { epochs: Math.max(1, number('epochs', 3)), seed: number('seed', 1), ...(steps > 0 && { steps }) };
}
