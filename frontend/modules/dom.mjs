/** An element with its text, class and attributes; text is always set as text, never as markup. */
export function make(tag, { text, className, ...attributes } = {}, children = []) {
  const element = document.createElement(tag)
  if (text !== undefined) element.textContent = text
  if (className) element.className = className
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}
