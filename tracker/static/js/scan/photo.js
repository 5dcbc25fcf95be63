// A photo instead of the living picture: read in the page, never sent. A label may be small in it, so it is read
// whole at several sizes and then by overlapping quarters.
const SIZES = [1600, 1000, 2600];
const SHARE = 0.6; // of the width and height, for each quarter

/** What a reader finds in a picture file: [{text, format, box}]. Throws where the browser cannot open the file. */
export async function readPhoto(file, tool) {
  const whole = await createImageBitmap(file);
  try {
    for (const most of SIZES) {
      const found = await tool.read(whole, most);
      if (found.length) return found;
    }
    return await byQuarters(whole, tool);
  } finally {
    whole.close();
  }
}

async function byQuarters(whole, tool) {
  const width = Math.round(whole.width * SHARE);
  const height = Math.round(whole.height * SHARE);
  for (const x of [0, whole.width - width]) {
    for (const y of [0, whole.height - height]) {
      const piece = await createImageBitmap(whole, x, y, width, height);
      const found = await tool.read(piece, SIZES[0]);
      piece.close();
      if (found.length) return found;
    }
  }
  return [];
}
