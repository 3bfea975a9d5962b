// How much two screenshots (PNG as base64) differ: the share of pixels of which one channel differs by more than
// the tolerance, and the box that holds them. What is drawn twice at other sub-pixels is not another picture.
([ours, theirs, tolerance]) => {
  const pixels = async (png) => {
    const bytes = Uint8Array.from(atob(png), (char) => char.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, bitmap.width, bitmap.height);
  };
  return Promise.all([pixels(ours), pixels(theirs)]).then(([a, b]) => {
    if (a.width !== b.width || a.height !== b.height) return { share: 1, box: null };
    let count = 0;
    const box = [a.width, a.height, 0, 0];
    for (let at = 0; at < a.data.length; at += 4) {
      const differs = [0, 1, 2].some(
        (channel) => Math.abs(a.data[at + channel] - b.data[at + channel]) > tolerance,
      );
      if (!differs) continue;
      count++;
      const x = (at / 4) % a.width;
      const y = Math.floor(at / 4 / a.width);
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    }
    return { share: count / (a.width * a.height), box: count ? box : null };
  });
};
