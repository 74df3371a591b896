// The picture as a file of the reader's: SVG as it is, PNG drawn from it.

const PIXELS = 2; // of the PNG for one of the picture

export function save(svg: SVGSVGElement, name: string, kind: "svg" | "png"): void {
  const { markup, width, height } = whole(svg);
  const blob = new Blob([markup], { type: "image/svg+xml" });
  if (kind === "svg") return download(blob, `${name}.svg`);
  const image = new Image();
  image.onload = () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width * PIXELS, height * PIXELS];
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((png) => png && download(png, `${name}.png`));
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(markup)}`;
}

/** All of the picture, whatever part of it is seen, in the colours it has on the page. */
function whole(svg: SVGSVGElement): { markup: string; width: number; height: number } {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const [width, height] = [Number(svg.dataset["width"]), Number(svg.dataset["height"])];
  copy.setAttribute("viewBox", `0 0 ${width} ${height}`);
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  copy.querySelectorAll(".hit").forEach((hit) => hit.remove());
  const look = getComputedStyle(svg);
  const colours = [...document.styleSheets].length ? names(svg).map((name) => `${name}:${look.getPropertyValue(name)}`) : [];
  copy.setAttribute("style", colours.join(";"));
  return { markup: new XMLSerializer().serializeToString(copy), width, height };
}

/** The colours that the picture's own style sheet names. */
function names(svg: SVGSVGElement): string[] {
  return [...new Set((svg.querySelector("style")?.textContent ?? "").match(/--[\w-]+(?=:)/g) ?? [])];
}

export function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
