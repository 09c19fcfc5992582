import type { EpochRow } from '../messages.ts';
import { card, element } from './dom.ts';
import { lossText, percent } from './numbers.ts';

/** The numbers behind the curves. */
export interface EpochTable {
  readonly element: HTMLElement;
  begin(): void;
  add(row: EpochRow): void;
  /** Of a training by single steps: the loss of each. */
  addSteps(losses: readonly number[]): void;
}

/** Makes a table without rows. */
export function createEpochTable(): EpochTable {
  const body = element('tbody');
  const group = (name: string): HTMLElement => element('th', { scope: 'colgroup', colSpan: 2 }, name);
  const groups = element('tr', {}, element('td'), group('training'), group('validation'));
  const head = ['epoch', 'loss', 'accuracy', 'loss', 'accuracy', 'time'];
  const table = element('table', { hidden: true }, element('thead', {}, groups, row('th', head)), body);
  const steps = element('ol', { className: 'step-losses', hidden: true, ariaLabel: 'Loss of each step' });
  const note =
    'One line an epoch. Training numbers are means over the epoch, while the network still changed; validation is on 5,000 images that are held out from training.';
  return {
    element: card(
      'Numbers',
      'numbers',
      element('div', { className: 'scroll' }, table),
      element('p', { className: 'note' }, note),
      steps,
    ),
    begin() {
      body.replaceChildren();
      table.hidden = true;
      steps.replaceChildren();
      steps.hidden = true;
    },
    add({ epoch, train, validation, seconds }) {
      const scores = [train, validation].flatMap(({ loss, accuracy }) => [lossText(loss), percent(accuracy)]);
      table.hidden = false;
      body.append(row('td', [String(epoch), ...scores, `${seconds.toFixed(1)}\u{a0}s`]));
    },
    addSteps(losses) {
      steps.hidden = false;
      steps.replaceChildren(...losses.map((loss) => element('li', {}, loss.toPrecision(8))));
    },
  };
}

function row(cell: 'td' | 'th', texts: readonly string[]): HTMLTableRowElement {
  return element('tr', {}, ...texts.map((text) => element(cell, cell === 'th' ? { scope: 'col' } : {}, text)));
}
