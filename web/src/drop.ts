// Files that are dropped on the page.

/** Calls back with each file that is dropped in its place. One that misses the place would be opened instead of the page. */
export function dropped(call: (file: File | undefined) => void): void {
  const drop = document.getElementById("drop")!;
  const over = (event: DragEvent) => {
    event.preventDefault();
    drop.classList.toggle("pvn-drop--over", event.type === "dragover" && drop.contains(event.target as Node));
  };
  for (const type of ["dragover", "dragleave", "drop"] as const) document.addEventListener(type, over);
  drop.addEventListener("drop", (event) => call(event.dataTransfer?.files[0]));
}
