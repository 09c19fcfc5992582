import { element } from './dom.ts';

/** What a person can want of the training. */
export type Wish = { type: 'train'; epochs: number; seed: number } | { type: 'pause' | 'resume' | 'stop' };

/** Where training stands. */
export type Phase = 'loading' | 'ready' | 'training' | 'paused' | 'stopping' | 'failed';

/** Buttons and settings. */
export interface Controls {
  readonly element: HTMLElement;
  setPhase(phase: Phase): void;
}

/** Makes the buttons; `wished` is called for each click. */
export function createControls(wished: (wish: Wish) => void, first: { epochs: number; seed: number }): Controls {
  const epochs = numberField('Epochs', 'How often the network sees all training images', first.epochs, [1, 50]);
  const seed = numberField('Seed', 'The same seed gives the same first weights and the same curves', first.seed, [
    0,
    2 ** 32 - 1,
  ]);
  const start = element('button', { type: 'submit', className: 'primary' }, 'Train');
  const pause = element('button', { type: 'button' }, 'Pause');
  const stop = element('button', { type: 'button', onclick: () => wished({ type: 'stop' }) }, 'Stop');
  let phase: Phase = 'loading';
  pause.addEventListener('click', () => wished({ type: phase === 'paused' ? 'resume' : 'pause' }));

  const form = element(
    'form',
    { className: 'controls', ariaLabel: 'Training' },
    start,
    pause,
    stop,
    epochs.label,
    seed.label,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    wished({ type: 'train', epochs: epochs.value(), seed: seed.value() });
  });
  const setPhase = (next: Phase): void => {
    // A button that goes away must not take the keyboard's focus with it.
    const hadFocus = form.contains(document.activeElement);
    phase = next;
    const isRunning = ['training', 'paused', 'stopping'].includes(phase);
    start.hidden = isRunning;
    start.disabled = phase !== 'ready';
    pause.hidden = stop.hidden = !isRunning;
    pause.disabled = stop.disabled = phase === 'stopping';
    pause.textContent = phase === 'paused' ? 'Go on' : 'Pause';
    epochs.input.disabled = seed.input.disabled = isRunning || phase === 'failed';
    if (hadFocus && document.activeElement === document.body) (isRunning ? pause : start).focus();
  };
  setPhase('loading');
  return { element: form, setPhase };
}

interface NumberField {
  label: HTMLElement;
  input: HTMLInputElement;
  value(): number;
}

function numberField(name: string, title: string, value: number, [min, max]: readonly [number, number]): NumberField {
  const input = element('input', { type: 'number', title, required: true, step: '1' });
  Object.assign(input, { min: String(min), max: String(max), value: String(value) });
  return { label: element('label', { title }, name, ' ', input), input, value: () => input.valueAsNumber };
}
