import type { Source } from '../messages.ts';
import { card, element } from './dom.ts';
import { chosenFiles, droppedFiles, findModel, type FoundFile, type ModelFolder } from './model-folder.ts';

/** What the card asks of the page. */
export interface ModelsEvents {
  opened(folder: ModelFolder): void;
  save(): void;
  /** Whose answer is wanted from now on. */
  chose(source: Source): void;
  failed(message: string): void;
}

/** Saved models: open one, save the trained one, choose which of both reads the drawing. */
export interface ModelsCard {
  readonly element: HTMLElement;
  /** Who reads the drawing; stands beside the blackboard. */
  readonly chooser: HTMLElement;
  loaded(name: string, summary: string): void;
  /** What the network in training is. */
  describe(summary: string): void;
  /** Whether there is a trained model to save. */
  setSavable(isSavable: boolean): void;
  say(text: string): void;
  /** The model cannot read drawings: why, and what the program says. */
  refuse(name: string, why: string, details?: string): void;
}

/** Makes the card, and opens model folders that are dropped anywhere on the page. */
export function createModelsCard(events: ModelsEvents): ModelsCard {
  const open = (found: readonly FoundFile[]): void => {
    try {
      events.opened(findModel(found));
    } catch (error) {
      events.failed((error as Error).message);
    }
  };
  const folderInput = element('input', { type: 'file', webkitdirectory: true, className: 'visually-hidden' });
  const fileInput = element('input', { type: 'file', multiple: true, className: 'visually-hidden' });
  for (const input of [folderInput, fileInput]) {
    input.addEventListener('change', () => {
      if (input.files?.length) open(chosenFiles(input.files));
      input.value = '';
    });
  }
  acceptDrops((found) => open(found), events.failed);

  const training = option('training', 'the network in training', events.chose);
  const folder = option('folder', 'an opened model', events.chose);
  training.input.checked = true;
  folder.label.hidden = true;
  const chooser = element(
    'fieldset',
    { className: 'chooser', hidden: true },
    element('legend', {}, 'Who reads it?'),
    training.label,
    folder.label,
  );

  const save = element(
    'button',
    { type: 'button', disabled: true, onclick: () => events.save() },
    'Save the trained model',
  );
  const message = element('div', { className: 'note', role: 'status' });
  const ownSummary = element('pre');
  const folderSummary = element('pre');
  const folderDetails = element(
    'details',
    { hidden: true },
    element('summary', {}, 'Layers of the opened model'),
    folderSummary,
  );
  return {
    chooser,
    element: card(
      'Models',
      'models',
      element(
        'p',
        {},
        'Drop the folder of a saved model anywhere on this page, such as ',
        element('code', {}, 'striate train'),
        ' makes, and it reads your drawings in place of the network in training. Nothing leaves this computer.',
      ),
      element(
        'div',
        { className: 'buttons' },
        element('label', { className: 'button' }, 'Open a folder', folderInput),
        element('label', { className: 'button' }, 'Open its files', fileInput),
        save,
      ),
      message,
      element('details', {}, element('summary', {}, 'Layers of the network in training'), ownSummary),
      folderDetails,
    ),
    loaded(name, summary) {
      folder.text.textContent = `model “${name}”`;
      folder.label.hidden = false;
      folder.input.checked = true;
      chooser.hidden = false;
      folderDetails.hidden = false;
      folderSummary.textContent = summary;
    },
    describe(summary) {
      ownSummary.textContent = summary;
    },
    setSavable(isSavable) {
      save.disabled = !isSavable;
    },
    say(text) {
      message.className = 'note';
      message.textContent = text;
    },
    refuse(name, why, details) {
      message.className = 'complaint';
      message.replaceChildren(element('p', {}, `The model “${name}” cannot be used here. ${why}`));
      if (details === undefined) return;
      message.append(
        element('details', {}, element('summary', {}, 'What the program says'), element('p', {}, details)),
      );
    },
  };
}

interface Option {
  label: HTMLElement;
  input: HTMLInputElement;
  text: HTMLElement;
}

function option(value: Source, name: string, chose: (source: Source) => void): Option {
  const input = element('input', { type: 'radio', name: 'source', value, onchange: () => chose(value) });
  const text = element('span', {}, name);
  return { label: element('label', {}, input, text), input, text };
}

function acceptDrops(open: (found: FoundFile[]) => void, failed: (message: string) => void): void {
  const { documentElement: root } = document;
  const isFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
  document.addEventListener('dragover', (event) => {
    if (!isFiles(event)) return;
    event.preventDefault();
    root.classList.add('dropping');
  });
  document.addEventListener('dragleave', ({ relatedTarget }) => {
    if (!relatedTarget) root.classList.remove('dropping');
  });
  document.addEventListener('drop', (event) => {
    root.classList.remove('dropping');
    if (!isFiles(event)) return;
    event.preventDefault();
    droppedFiles(event.dataTransfer!).then(open, (error: Error) =>
      failed(`What was dropped cannot be read: ${error.message}`),
    );
  });
}
