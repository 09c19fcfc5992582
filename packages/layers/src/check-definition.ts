import {
  OptionError,
  checkChoice,
  checkFlag,
  checkFunction,
  checkOptionNames,
  checkText,
  describe,
  isRecord,
  type ChannelMap,
  type Layer,
  type LinearPart,
} from '@striate/core';
import { checkActivation } from './activations.ts';

type Kind = 'function' | 'flag' | 'other';

/** The compiler sees to it that none is left out. */
const members: Readonly<Record<keyof Layer, Kind>> = {
  type: 'other',
  options: 'other',
  outputShapes: 'function',
  parameters: 'function',
  state: 'function',
  multiplyAdds: 'function',
  apply: 'function',
  random: 'flag',
  activation: 'other',
  withActivation: 'function',
  takesResidual: 'flag',
  penalizesOutputs: 'flag',
  computes: 'other',
  linear: 'other',
  channelMap: 'other',
  withPenalties: 'function',
  window: 'function',
  withoutZeroSlopes: 'function',
  channelsFirst: 'flag',
  assumesChannelsLast: 'other',
};

const linearMembers: Readonly<Record<keyof LinearPart, Kind>> = {
  kernel: 'other',
  bias: 'other',
  axis: 'other',
  withBias: 'function',
};

const channelMapMembers: Readonly<Record<keyof ChannelMap, Kind>> = {
  axis: 'other',
  epsilon: 'other',
  values: 'function',
};

/** The members of a layer beside its type and options; `true` for the functions that it must have. */
export const layerMembers: Readonly<Record<string, boolean>> = Object.fromEntries(
  Object.keys(members)
    .filter((name) => name !== 'type' && name !== 'options')
    .map((name) => [name, name === 'outputShapes' || name === 'apply']),
);

/** @throws {OptionError} unless a value is what `defineLayer` makes a layer of, with nothing misspelt */
export function checkDefinition(layer: Omit<Layer, 'options'> & { readonly options: object }): void {
  // Layers are made of other layers, which are functions with these members.
  checkOptionNames(
    'defineLayer',
    typeof layer === 'function' && 'outputShapes' in layer ? { ...(layer as object) } : layer,
    Object.keys(members),
    'defineLayer({ type, options, outputShapes, apply })',
  );
  const where = `defineLayer: layer '${String(layer.type)}'`;
  checkText('defineLayer', 'type', layer.type);
  if (!isRecord(layer.options))
    throw new OptionError(
      `${where}: options is ${describe(layer.options)}, but must be a record of all that makes it.`,
    );
  checkMembers(where, layer, members, ['outputShapes', 'apply']);
  const { activation, computes, linear, channelMap } = layer;
  if (activation !== undefined) checkActivation(where, activation);
  if (computes !== undefined) checkChoice(where, 'computes', computes, ['identity', 'sum', 'largest', 'means']);
  if (linear !== undefined) checkRecord(where, 'linear', linear, linearMembers);
  if (channelMap !== undefined) checkRecord(where, 'channelMap', channelMap, channelMapMembers);
}

function checkRecord(where: string, name: string, value: object, kinds: Readonly<Record<string, Kind>>): void {
  checkOptionNames(`${where}: ${name}`, value, Object.keys(kinds));
  const missing = Object.keys(kinds).find(
    (member) => (value as Readonly<Record<string, unknown>>)[member] === undefined,
  );
  if (missing !== undefined) throw new OptionError(`${where}: ${name} has no ${missing}.`);
  checkMembers(`${where}: ${name}`, value, kinds);
}

function checkMembers(
  where: string,
  value: object,
  kinds: Readonly<Record<string, Kind>>,
  required: readonly string[] = [],
): void {
  for (const [name, kind] of Object.entries(kinds)) {
    const member: unknown = (value as Readonly<Record<string, unknown>>)[name];
    if (member === undefined && !required.includes(name)) continue;
    if (kind === 'function') checkFunction(where, name, member as () => unknown);
    if (kind === 'flag') checkFlag(where, name, member as boolean);
  }
}
