import { OptionError, type Layer } from '@striate/core';
import type { LayerCall, SymbolicTensor } from '../layer-function.ts';
import { checkName } from '../layer-kind.ts';

/**
 * All layer calls between the inputs and the outputs, each after the calls that it depends on.
 *
 * @throws {OptionError} if the outputs depend on an input that is not listed, or an input leads nowhere.
 */
export function collectCalls(inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[]): LayerCall[] {
  if (outputs.length === 0) throw new OptionError('model: there are no outputs.');
  const listed = new Set(inputs.map(({ call }) => call));
  const wrong = inputs.find(({ call }) => call.inputs.length > 0);
  if (wrong)
    throw new OptionError(
      `model: an input comes out of a ${wrong.call.layer.type} layer, but it must be made by input([...]).`,
    );
  if (listed.size < inputs.length) throw new OptionError('model: an input is listed twice.');

  const ordered = new Set<LayerCall>();
  // A stack of our own: deep networks would overflow that of the JavaScript engine.
  const stack: { call: LayerCall; next: number }[] = [];
  for (const output of outputs) {
    stack.push({ call: output.call, next: 0 });
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const source = top.call.inputs[top.next++];
      if (source && !ordered.has(source.call)) stack.push({ call: source.call, next: 0 });
      if (source) continue;
      ordered.add(top.call);
      stack.pop();
    }
  }
  const calls = [...ordered];
  if (calls.some((call) => call.inputs.length === 0 && !listed.has(call))) {
    throw new OptionError('model: the outputs depend on an input that is not among the inputs.');
  }
  const idle = inputs.findIndex(({ call }) => !ordered.has(call));
  if (idle >= 0)
    throw new OptionError(`model: no output depends on input number ${idle + 1} (counted from 1). Leave it out.`);
  return calls;
}

/**
 * A name for every layer: the one it was given, or its type, numbered as Keras does: 'conv2d', 'conv2d_1', ... A layer
 * of a nested model has its name there after the name of that model: 'block/conv2d'.
 *
 * @throws {OptionError} if two layers were given the same name.
 */
export function nameLayers(calls: readonly LayerCall[], given: ReadonlyMap<Layer, string>): Map<Layer, string> {
  const names = new Map<Layer, string>();
  const layers = [...new Set(calls.map(({ layer }) => layer))];
  const nested = namesOfNested(calls);
  const taken = new Set<string>();
  for (const layer of layers) {
    const name = nested.get(layer) ?? given.get(layer) ?? layer.options['name'];
    if (name === undefined) continue;
    checkName(`model: layer '${layer.type}'`, name);
    if (taken.has(name)) throw new OptionError(`model: two layers have the name '${name}'.`);
    taken.add(name);
    names.set(layer, name);
  }
  const counts = new Map<string, number>();
  for (const layer of layers) {
    if (names.has(layer)) continue;
    // Of 'me/scale' the end: what stands before a '/' in a name is the model that a layer lies in.
    const type = layer.type.slice(layer.type.lastIndexOf('/') + 1);
    let count = counts.get(type) ?? 0;
    const numbered = (): string => (count === 0 ? type : `${type}_${count}`);
    while (taken.has(numbered())) count++;
    taken.add(numbered());
    names.set(layer, numbered());
    counts.set(type, count + 1);
  }
  return names;
}

/** Names of the layers that come out of nested models. */
function namesOfNested(calls: readonly LayerCall[]): Map<Layer, string> {
  type Nested = NonNullable<LayerCall['nested']>['model'];
  const prefixes = new Map<Nested, string>();
  const owners = new Map<string, Nested>();
  const names = new Map<Layer, string>();
  let unnamed = 0;
  for (const { layer, nested } of calls) {
    if (!nested || names.has(layer)) continue;
    const { model, layerName } = nested;
    let prefix = prefixes.get(model) ?? model.name;
    if (prefix === '') prefix = unnamed === 0 ? 'model' : `model_${unnamed}`;
    if (model.name === '' && !prefixes.has(model)) unnamed++;
    if ((owners.get(prefix) ?? model) !== model)
      throw new OptionError(`model: two nested models have the name '${prefix}'. Give one of them another.`);
    prefixes.set(model, prefix);
    owners.set(prefix, model);
    names.set(layer, `${prefix}/${layerName}`);
  }
  return names;
}
