import type { Drawing } from '../messages.ts';
import { element } from './dom.ts';

/** Pixels across the canvas; strokes are as thick, for their length, as those of MNIST. */
const canvasSize = 560;
const strokeWidth = canvasSize / 13;
const readSize = 140;
const keyboardStep = canvasSize / 40;
const directions: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** A blackboard to write a digit on, with a mouse, a finger, a pen or the keyboard. */
export interface Board {
  readonly element: HTMLElement;
  /** What is on it; undefined if there is nothing. */
  drawing(): Drawing | undefined;
  /** Puts a small picture on it in place of what is there. */
  show(picture: { width: number; height: number; pixels: Uint8Array }): void;
  clear(): void;
}

/** Makes a board; `changed` is called after each stroke's parts. */
export function createBoard(changed: () => void): Board {
  const canvas = element('canvas', { width: canvasSize, height: canvasSize, tabIndex: 0, className: 'board' });
  canvas.setAttribute('role', 'application');
  canvas.ariaLabel =
    'Blackboard. Draw a digit. With the keyboard: arrow keys move the chalk, space puts it down or lifts it, delete wipes the board.';
  const chalk = element('span', { className: 'chalk', hidden: true });
  const hint = element('span', { className: 'hint' }, 'Draw a digit here');
  // The canvas is transparent: what is opaque on it is ink, whatever colour the board has.
  const context = canvas.getContext('2d')!;
  let hasInk = false;

  const inked = (): void => {
    hasInk = true;
    hint.hidden = true;
    changed();
  };
  const line = (from: readonly [number, number], to: readonly [number, number]): void => {
    context.strokeStyle = context.fillStyle = 'white';
    context.lineWidth = strokeWidth;
    context.lineCap = 'round';
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    context.stroke();
    // A line without length has no caps in some browsers.
    context.beginPath();
    context.arc(...to, strokeWidth / 2, 0, 2 * Math.PI);
    context.fill();
  };
  const clear = (): void => {
    context.clearRect(0, 0, canvasSize, canvasSize);
    hasInk = false;
    hint.hidden = false;
    changed();
  };
  drawByPointer(canvas, (from, to) => {
    line(from, to);
    inked();
  });
  drawByKeys(canvas, chalk, {
    line(from, to) {
      line(from, to);
      inked();
    },
    clear,
  });

  return {
    element: element('div', { className: 'board-frame' }, canvas, hint, chalk),
    drawing: () => (hasInk ? readInk(canvas) : undefined),
    show({ width, height, pixels }) {
      const small = element('canvas', { width, height });
      small.getContext('2d')!.putImageData(whiteInk(pixels, width), 0, 0);
      context.clearRect(0, 0, canvasSize, canvasSize);
      context.imageSmoothingQuality = 'high';
      context.drawImage(small, 0, 0, canvasSize, canvasSize);
      inked();
    },
    clear,
  };
}

type Line = (from: readonly [number, number], to: readonly [number, number]) => void;

function drawByPointer(canvas: HTMLCanvasElement, line: Line): void {
  let last: readonly [number, number] | undefined;
  const place = ({ clientX, clientY }: PointerEvent): [number, number] => {
    const { left, top, width } = canvas.getBoundingClientRect();
    return [((clientX - left) * canvasSize) / width, ((clientY - top) * canvasSize) / width];
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    last = place(event);
    line(last, last);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!last || !event.isPrimary) return;
    const passed = event.getCoalescedEvents?.() ?? [];
    for (const part of passed.length > 0 ? passed : [event]) {
      const next = place(part);
      line(last, next);
      last = next;
    }
  });
  const lift = (): void => {
    last = undefined;
  };
  canvas.addEventListener('pointerup', lift);
  canvas.addEventListener('pointercancel', lift);
}

function drawByKeys(canvas: HTMLCanvasElement, chalk: HTMLElement, board: { line: Line; clear(): void }): void {
  let place: readonly [number, number] = [canvasSize / 2, canvasSize / 4];
  let isDown = false;
  const show = (): void => {
    chalk.hidden = false;
    chalk.classList.toggle('down', isDown);
    chalk.style.left = `${(100 * place[0]) / canvasSize}%`;
    chalk.style.top = `${(100 * place[1]) / canvasSize}%`;
  };
  canvas.addEventListener('keydown', (event) => {
    const direction = directions[event.key];
    if (direction) {
      const next = place.map((value, axis) =>
        Math.min(canvasSize, Math.max(0, value + direction[axis]! * keyboardStep)),
      ) as [number, number];
      if (isDown) board.line(place, next);
      place = next;
    } else if (event.key === ' ') {
      isDown = !isDown;
      if (isDown) board.line(place, place);
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      board.clear();
    } else {
      return;
    }
    event.preventDefault();
    show();
  });
  canvas.addEventListener('blur', () => {
    isDown = false;
    chalk.hidden = true;
  });
}

function readInk(canvas: HTMLCanvasElement): Drawing {
  const small = element('canvas', { width: readSize, height: readSize });
  const context = small.getContext('2d', { willReadFrequently: true })!;
  context.imageSmoothingQuality = 'high';
  context.drawImage(canvas, 0, 0, readSize, readSize);
  const { data } = context.getImageData(0, 0, readSize, readSize);
  const ink = Uint8Array.from({ length: readSize * readSize }, (_, pixel) => data[4 * pixel + 3]!);
  return { width: readSize, height: readSize, ink };
}

/** White pixels, as opaque as each value says. */
export function whiteInk(values: Uint8Array, width: number): ImageData {
  const data = new Uint8ClampedArray(values.length * 4).fill(255);
  for (const [pixel, value] of values.entries()) data[4 * pixel + 3] = value;
  return new ImageData(data, width);
}
