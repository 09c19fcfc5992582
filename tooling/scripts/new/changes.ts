/** What a new thing is called: 'softShrink' of type 'SoftShrink' in 'soft-shrink'. */
export interface Names {
  name: string;
  type: string;
  file: string;
}

/** A change of a file that lists things. */
export interface Change {
  path: string;
  /** Its text with the new thing in it. */
  apply(text: string): string;
}

/** The names that 'softShrink' or 'soft-shrink' stands for; undefined if it is neither. */
export function namesOf(given: string): Names | undefined {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$|^[a-z][A-Za-z0-9]*$/.test(given)) return undefined;
  const name = given.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const file = name.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return { name, type: name[0]!.toUpperCase() + name.slice(1), file };
}

/** A line at the end of a file of exports. */
export function addExport(path: string, line: string): Change {
  return { path, apply: (text) => `${text.trimEnd()}\n${line}\n` };
}

/**
 * An entry at the end of the list `kinds`.
 *
 * @param from the file that it is imported from; left out: it is there already
 */
export function addToList(path: string, entry: string, from?: string): Change {
  return {
    path,
    apply(text) {
      const imported = from === undefined ? text : `import { ${entry} } from '${from}';\n${text}`;
      const changed = imported.replace(
        /kinds: \[([^\]]*?),?\s*\]/,
        (_, entries: string) => `kinds: [${entries}, ${entry}]`,
      );
      if (changed === imported) throw new Error(`${path} has no list 'kinds: [...]'.`);
      return changed;
    },
  };
}
