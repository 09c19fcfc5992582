import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Json } from '../json.ts';
import { foreignKinds, isKind, kindOf, ownKinds, type Contract, type DefineKind } from './define-kind.ts';
import { checkKinds, checkMember, fromRecord, functionOf, recordOf, type Family } from './family.ts';
import type { KindRecord } from './kind.ts';
import * as option from './options.ts';

// Shapes are records, made where they are used; pens hold one, and have functions beside their options.
type Area = (scale: number) => number;
interface Pen {
  type: string;
  options: Readonly<Record<string, Json | undefined>>;
  draw(): number;
}

const shapeContract: Contract<Area, KindRecord> = { noun: 'shape', bare: '(scale) => area' };
const shapeKind: DefineKind<Area, KindRecord> = ownKinds(shapeContract);
const defineShape: DefineKind<Area, KindRecord> = foreignKinds('defineShape', shapeContract);
const square = shapeKind({
  type: 'square',
  doc: 'All sides alike.',
  options: { side: option.number({ doc: 'Length of a side.', default: 1, above: 0 }) },
  shorthand: (side?: number) => (side === undefined ? {} : { side }),
  make:
    ({ side }) =>
    (scale) =>
      side * side * scale,
});
const box = shapeKind({
  type: 'box',
  doc: 'Sides of two lengths.',
  options: {
    width: option.count({ doc: 'Columns.', example: 2 }),
    height: option.count({ doc: 'Rows.', default: 3, maximum: 9 }),
    look: option.choice({ doc: 'What it looks like.', names: ['plain', 'dotted'], default: 'plain' }),
    isOpen: option.flag({ doc: 'Whether the lid is off.', default: false }),
    title: option.optional(option.text({ doc: 'What stands on it.', example: 'mine' })),
  },
  refuse: ({ width, height }) =>
    width > height ? `width is ${width}, but must not exceed height, ${height}` : undefined,
  make:
    ({ width, height }) =>
    (scale) =>
      width * height * scale,
});
const shapes: Family<Area, KindRecord> = { ...shapeContract, kinds: [square, box] };

const penContract: Contract<Pick<Pen, 'draw'>, Pen> = {
  noun: 'pen',
  options: { name: option.optional(option.text({ doc: 'How it is called.', example: 'left' })) },
  byHand: { draw: true, colour: false },
  build: (type, options, made) => ({ ...made, type, options: options as Pen['options'] }),
};
const penKind: DefineKind<Pick<Pen, 'draw'>, Pen, { name?: string }> = ownKinds<
  Pick<Pen, 'draw'>,
  Pen,
  { name?: string }
>(penContract);
const plotter = penKind({
  type: 'plotter',
  doc: 'Draws a shape.',
  options: {
    shape: option.nested(shapes, { doc: 'What is drawn.', default: square() }),
    scale: option.number({ doc: 'How large.', default: 1, minimum: 0, below: 100 }),
  },
  make: ({ shape, scale }) => ({ draw: () => functionOf(shapes, 'plotter', 'shape', shape)(scale) }),
});
const twice = penKind({
  type: 'twice',
  doc: 'Draws what another pen does, twice.',
  options: { pen: option.sibling(penContract, { doc: 'The other pen.', example: plotter() }) },
  make: ({ pen }) => ({ draw: () => 2 * pen.draw() }),
});
const pens: Family<Pick<Pen, 'draw'>, Pen> = { ...penContract, kinds: [plotter, twice] };

const disc = defineShape({
  type: 'me/disc',
  doc: 'Round.',
  options: { radius: option.number({ doc: 'Half its width.', example: 2, minimum: 0 }) },
  make:
    ({ radius }) =>
    (scale) =>
      Math.round(Math.PI * radius * radius * scale),
});
const nowhere = { where: 'read', kinds: [] };

describe('a factory', () => {
  it('fills defaults in, and gives plain data that knows its kind', () => {
    expect(box({ width: 2 })).toEqual({ type: 'box', width: 2, height: 3, look: 'plain', isOpen: false });
    expect(JSON.stringify(square(2))).toBe('{"type":"square","side":2}');
    expect(square()).toEqual({ type: 'square', side: 1 });
    expect(kindOf(square())).toBe(square);
    expect([isKind(square), isKind(square()), isKind(() => 1)]).toEqual([true, false, false]);
  });

  it('gives functions with their record beside them', () => {
    const pen = plotter({ shape: box({ width: 2 }), name: 'left' });
    expect(pen.draw()).toBe(6);
    expect(pen.options).toEqual({ shape: box({ width: 2 }), scale: 1, name: 'left' });
    expect(twice({ pen }).options).toEqual({ pen: { type: 'plotter', options: pen.options } });
  });

  it('is typed by its options', () => {
    expectTypeOf<Parameters<typeof box>[0]>().toExtend<{
      width: number;
      height?: number;
      look?: 'plain' | 'dotted';
      isOpen?: boolean;
      title?: string;
    }>();
    expectTypeOf<{ width: number }>().toExtend<Parameters<typeof box>[0]>();
    expectTypeOf<{ height: number }>().not.toExtend<Parameters<typeof box>[0]>();
    expectTypeOf<{ width: number; look: 'none' }>().not.toExtend<Parameters<typeof box>[0]>();
    expectTypeOf<[number]>().toExtend<Parameters<typeof square>>();
    expectTypeOf<Parameters<typeof plotter>>().toExtend<[options?: { scale?: number; name?: string }]>();
  });

  it.each<[unknown, string]>([
    [{}, 'box: the option width is missing. Write box({ width: 2 }).'],
    [
      { width: 1, hieght: 2 },
      "box: there is no option 'hieght'. Did you mean 'height'? Known: width, height, look, isOpen, title.",
    ],
    [{ width: 1.5 }, 'box: width is 1.5, but must be a whole number of at least 1.'],
    [{ width: 1, height: 10 }, 'box: height is 10, but must be a whole number from 1 to 9.'],
    [{ width: 1, look: 'doted' }, `box: look is "doted". Did you mean 'dotted'? Known: plain, dotted.`],
    [{ width: 1, isOpen: 1 }, 'box: isOpen is 1, but must be true or false.'],
    [{ width: 1, title: '' }, 'box: title is "", but must be a text that is not empty.'],
    [{ width: 4 }, 'box: width is 4, but must not exceed height, 3.'],
    [null, 'box: its options are null, but must be a record. Write box({ width: 2 }).'],
  ])('refuses %j', (options, message) => {
    expect(() => box(options as never)).toThrow(
      new RegExp(`^${message.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}$`),
    );
  });

  it.each<[unknown, string]>([
    [0, 'finite and above 0'],
    [Infinity, 'finite and above 0'],
    [NaN, 'finite and above 0'],
    ['1', 'finite and above 0'],
  ])('refuses the number %j', (side, range) => {
    expect(() => square(side as never)).toThrow(`but must be ${range}.`);
  });
});

describe('a value in its place', () => {
  const check = (value: unknown) => (): void => checkMember(shapes, 'plotter', 'shape', value);

  it.each([
    [square(2)],
    [{ type: 'square' }],
    [{ type: 'square', side: 3 }],
    [(scale: number) => scale],
    [disc({ radius: 1 })],
  ])('may be %j', (value) => {
    expect(check(value)).not.toThrow();
  });

  it.each<[unknown, string]>([
    [{ type: 'squar' }, `plotter: shape is {"type":"squar"}, which is no known shape. Did you mean 'square'?`],
    [{ type: 'square', side: 1, sid: 3 }, "plotter: shape: there is no option 'sid'. Did you mean 'side'?"],
    [{ type: 'square', side: -1 }, 'plotter: shape: side is -1, but must be finite and above 0.'],
    [{ type: 'me/disc', radius: 1 }, 'which is no known shape'],
    [
      'square',
      'plotter: shape is "square", which is no known shape. Write square(). A function (scale) => area works too.',
    ],
    [square, 'plotter: shape is the function square itself, which was not called. Write square().'],
    [plotter(), 'plotter: shape is the pen plotter, but must be a shape. Known: square, box.'],
    [3, 'plotter: shape is 3, which is no known shape. Known: square, box. A function'],
    [null, 'plotter: shape is null'],
  ])('is refused: %j', (value, message) => {
    expect(check(value)).toThrow(message);
  });

  it('does what its kind makes', () => {
    expect(functionOf(shapes, 'f', 'shape', { type: 'square', side: 3 })(2)).toBe(18);
    expect(functionOf(shapes, 'f', 'shape', disc({ radius: 1 }))(1)).toBe(3);
    expect(functionOf(shapes, 'f', 'shape', (scale: number) => scale)(5)).toBe(5);
    expect(() => functionOf(shapes, 'f', 'shape', { type: 'square', side: 'x' })).toThrow('f: shape: side is "x"');
  });

  it('may be written by hand where it has functions', () => {
    const checkPen = (value: unknown) => (): void => checkMember(pens, 'use', 'pen', value);
    const draw = (): number => 1;
    expect(checkPen({ type: 'mine', options: {}, draw })).not.toThrow();
    expect(checkPen({ type: 'mine', options: {} })).toThrow('use: pen is {"type":"mine"}, which is no known pen.');
    expect(checkPen({ type: 'mine', options: {}, draw, color: 1 })).toThrow("Did you mean 'colour'?");
    expect(checkPen({ type: 'plotter', options: { scal: 1 }, draw })).toThrow(
      "use: pen: options of plotter: there is no option 'scal'. Did you mean 'scale'?",
    );
    expect(checkPen({ type: 3, options: {}, draw })).toThrow('its type is 3, but must be a text');
    expect(checkPen(plotter)).toThrow('the function plotter itself, which was not called');
  });
});

describe('records', () => {
  it('go to JSON and back', () => {
    const pen = twice({ pen: plotter({ shape: box({ width: 1 }), name: 'a' }), name: 'b' });
    const record = JSON.parse(JSON.stringify(recordOf(pens, 'save', 'pen', pen))) as unknown;
    expect(record).toMatchObject({ type: 'twice', options: { name: 'b', pen: { type: 'plotter' } } });
    const again = fromRecord(pens, record, nowhere);
    expect(recordOf(pens, 'save', 'pen', again)).toEqual(record);
    expect(again.draw()).toBe(pen.draw());
  });

  it('have their defaults filled in', () => {
    expect(recordOf(shapes, 'save', 'shape', { type: 'square' })).toEqual({ type: 'square', side: 1 });
    expect(() => recordOf(shapes, 'save', 'shape', () => 1)).toThrow(
      'save: shape is a function, which cannot be saved.',
    );
  });

  it('find kinds of others, within each other too', () => {
    const pen = plotter({ shape: disc({ radius: 2 }) });
    const record = recordOf(pens, 'save', 'pen', pen);
    expect(record).toEqual({ type: 'plotter', options: { shape: { type: 'me/disc', radius: 2 }, scale: 1 } });
    const json = JSON.parse(JSON.stringify(record)) as unknown;
    expect(fromRecord(pens, json, { where: 'load', kinds: [disc] }).draw()).toBe(13);
    expect(() => fromRecord(pens, json, { where: 'load', kinds: [] })).toThrow(
      "load: shape is of the unknown type 'me/disc'. Known: square, box. If it is a shape of your own or of another package, pass its kind: kinds: [disc].",
    );
  });

  it.each<[unknown, string]>([
    [{ type: 'ploter', options: {} }, "load is of the unknown type 'ploter'. Did you mean 'plotter'?"],
    [{ type: 'plotter', options: {}, scale: 1 }, "load: there is no option 'scale'."],
    [{ type: 'plotter', options: 3 }, 'load: its options are 3, but must be a record.'],
    [{ type: 'plotter', options: { shape: { type: 'box', width: 1, height: 99 } } }, 'load: shape: height is 99'],
    [{ type: 'plotter', options: { scale: 100 } }, 'load: scale is 100, but must be at least 0 and less than 100.'],
    [{ type: 'twice', options: { pen: { type: 'twice', options: {} } } }, 'load: pen: the option pen is missing.'],
    [{ type: 'twice', options: { pen: 7 } }, "load: pen is 7, but must be a pen's record"],
    [undefined, "load is undefined, but must be a pen's record: { type: 'plotter' }."],
  ])('are refused: %j', (record, message) => {
    expect(() => fromRecord(pens, record, { where: 'load', kinds: [] })).toThrow(message);
  });
});

describe('kinds of others', () => {
  const define = (change: object) => () =>
    defineShape({ type: 'me/a', doc: 'A.', options: {}, make: () => () => 1, ...change });

  it.each<[object, string]>([
    [
      { type: 'disc' },
      `defineShape: type is "disc", but must have a namespace, so that it never clashes with others: 'me/disc'.`,
    ],
    [{ type: '' }, 'defineShape: type is ""'],
    [{ doc: undefined }, 'defineShape: doc is undefined'],
    [{ make: 1 }, 'defineShape: make is 1, but must be a function.'],
    [{ option: {} }, "defineShape: there is no option 'option'. Did you mean 'options'?"],
    [{ options: { a: 1 } }, 'defineShape: the option a is 1, but must be one of option.number'],
    [
      { options: { a: option.number({ doc: 'A.', default: 3, maximum: 2 }) } },
      'the default of: a is 3, but must be finite and at most 2.',
    ],
    [{ options: { a: option.number({ doc: 'A.' }) } }, 'the example of: a is undefined'],
  ])('are refused: %j', (change, message) => {
    expect(define(change)).toThrow(message);
  });

  it('are brought in a list', () => {
    expect(() => checkKinds('load', [disc])).not.toThrow();
    expect(() => checkKinds('load', disc)).toThrow(
      'load: kinds is the function me/disc, but must be a list of kinds: kinds: [mine].',
    );
    expect(() => checkKinds('load', [disc, disc])).toThrow('load: two of the kinds are the shape me/disc.');
    expect(() => checkKinds('load', [square])).toThrow('load: kinds[0] is the shape square, which is known anyway.');
    expect(() => checkKinds('load', [disc({ radius: 1 })])).toThrow('load: kinds[0] is {"type":"me/disc","radius":1}');
  });
});
