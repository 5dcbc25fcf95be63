// The button that opens the browser's printing; without scripts the page says which keys do.
for (const button of document.querySelectorAll("[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
