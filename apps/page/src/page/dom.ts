type Properties<Name extends keyof HTMLElementTagNameMap> = Partial<
  Omit<HTMLElementTagNameMap[Name], 'style' | 'dataset' | 'children'>
>;

/** Makes an element with properties (`className`, `onclick`, `ariaLabel`...) and children. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Properties<Name> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  Object.assign(made, properties);
  made.append(...children);
  return made;
}

/** A part of the page with a heading. */
export function card(heading: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const title = element('h2', {}, heading);
  return element('section', { className: `card ${className}`, ariaLabel: heading }, title, ...children);
}
