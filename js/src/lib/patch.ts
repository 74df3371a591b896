// A view that Python made again: what is the same stays as it stands in the page, so that nothing jumps and little is drawn.

const sources = new WeakMap<Element, string>();

/** Markup as elements; scripts in it would not run. */
export function parsed(markup: string): Element | null {
  const found = new DOMParser().parseFromString(markup, "text/html").body.firstElementChild;
  return found && document.importNode(found, true);
}

/** Brings what is in `now` up to `next`; `parts`: what is looked into rather than replaced as a whole. */
export function patch(now: Element, next: Element, parts: string): void {
  for (const { name, value } of next.attributes) if (now.getAttribute(name) !== value) now.setAttribute(name, value);
  const wanted = [...next.children];
  wanted.forEach((element, at) => {
    const there = now.children[at];
    if (there?.matches(parts) && element.matches(parts) && there.tagName === element.tagName) return patch(there, element, parts);
    const source = element.outerHTML;
    if (there && sources.get(there) === source) return;
    if (there) there.replaceWith(element);
    else now.append(element);
    remember(element, source, parts);
  });
  while (now.children.length > wanted.length) now.lastElementChild?.remove();
}

/** The page may add to the elements later: what they were made of tells whether they changed. */
function remember(element: Element, source: string, parts: string): void {
  sources.set(element, source);
  if (element.matches(parts)) for (const child of element.children) remember(child, child.outerHTML, parts);
}
