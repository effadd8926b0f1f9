/**
 * Where the keyboard is, kept while letters come and go.
 *
 *   focus(element)               into a letter, without scrolling; nothing for none
 *   keepFocus(element, change)   whatever the change does to a letter, somebody who was in it is still there afterwards
 */
export function focus(element) {
  if (element) {
    element.tabIndex = -1;
    element.focus({ preventScroll: true });
  }
}

export function keepFocus(element, change) {
  const was = element && element.contains(document.activeElement) ? document.activeElement : null;
  change();
  if (was && (document.activeElement !== was || !was.getClientRects().length)) {
    focus(element);
  }
}
