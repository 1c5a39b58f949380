// input[type=file][data-side]: a photograph is sent upright and no longer than so many pixels, where the browser can read it.
// The server does the same to whatever comes as it was taken.
const PHOTOGRAPH = /\.(jpe?g|hei[cf])$/i;
const LARGE = 500_000;
const QUALITY = 0.85;
const working = new Map();
let told = false;

const isLarge = (file) => PHOTOGRAPH.test(file.name) && file.size >= LARGE;

const shrunk = async (file, side) => {
  if (!isLarge(file)) return file;
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const smaller = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!smaller || smaller.size >= file.size) return file;
  return new File([smaller], file.name.replace(PHOTOGRAPH, ".jpg"), { type: "image/jpeg", lastModified: file.lastModified });
};

const shrinkAll = async (input) => {
  const files = new DataTransfer();
  for (const file of [...input.files]) files.items.add(await shrunk(file, Number(input.dataset.side)).catch(() => file));
  return files.files;
};

document.addEventListener(
  "change",
  async (event) => {
    const input = event.target;
    if (told || !input.matches("input[type=file][data-side]")) return;
    working.delete(input);
    if (![...input.files].some(isLarge)) return;
    event.stopImmediatePropagation();
    const work = shrinkAll(input).catch(() => input.files);
    working.set(input, work);
    const files = await work;
    if (working.get(input) !== work) return;
    working.delete(input);
    input.files = files;
    told = true;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    told = false;
  },
  true,
);

document.addEventListener(
  "submit",
  async (event) => {
    const { target: form, submitter } = event;
    const waits = [...working].filter(([input]) => input.form === form);
    if (!waits.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (submitter?.ariaBusy === "true") return;
    submitter?.setAttribute("aria-busy", "true");
    while (working.size) await Promise.all(working.values());
    submitter?.removeAttribute("aria-busy");
    form.requestSubmit(submitter);
  },
  true,
);
