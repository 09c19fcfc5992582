import type { Engine } from './engine.ts';
import { inWorkshop, type Workshop } from './workshop.ts';
import type { Pointer } from './library/bindings.ts';
import { dnnl } from './library/constants.ts';
import type { Primitive } from './primitive.ts';

/** What a primitive is made of. */
export interface Recipe {
  /** Undefined where oneDNN has nothing for it. */
  plan: Pointer | undefined;
  /** What it is run with, in order. */
  args: readonly (readonly [argument: number, description: Pointer])[];
  /** Whether a workspace goes from the forward to the backward pass; it is the last argument. */
  hasWorkspace?: boolean;
}

/** A single primitive, ready to run. */
export interface Planned {
  primitive: Primitive;
  workspaceBytes: number;
  destroy(): void;
}

// A plan that is not to be had is kept too: asking oneDNN takes long.
interface Found {
  planned: Planned | undefined;
  destroy(): void;
}

/** The primitive of a recipe, kept for the next call; undefined where oneDNN has none, or reference loops alone. */
export function planned(engine: Engine, key: string, recipe: (workshop: Workshop) => Recipe): Planned | undefined {
  return engine.cached<Found>(key, () => {
    const made = inWorkshop(engine, (workshop) => make(workshop, recipe(workshop)));
    if (!made || made.primitive.implementation.includes('jit')) {
      return { planned: made, destroy: () => made?.destroy() };
    }
    made.destroy();
    return { planned: undefined, destroy: () => {} };
  }).planned;
}

function make(workshop: Workshop, { plan, args, hasWorkspace = false }: Recipe): Planned | undefined {
  if (plan === undefined) return undefined;
  const { bindings } = workshop.engine;
  const workspace = hasWorkspace ? bindings.queryDescriptor(plan, dnnl.query.workspace) : undefined;
  const all = workspace === undefined ? args : [...args, [dnnl.argument.workspace, workspace] as const];
  const primitive = workshop.primitive(plan, all);
  const workspaceBytes = workspace === undefined ? 0 : bindings.descriptorBytes(workspace);
  return { primitive, workspaceBytes, destroy: () => primitive.destroy() };
}
