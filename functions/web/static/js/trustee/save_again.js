/** Saving once more what this browser keeps: a download may have been missed, or its file be lost. */
import { h } from "../dom.js";
import { t } from "../strings.js";
import * as device from "./device.js";
import { fileName, paragraph, saveFile } from "./forms.js";

/** How the file is called, and a button, if this browser keeps it. @param {import("./service.js").Visit} visit */
export function saveAgain(visit) {
  const place = h("div", {});
  void device.find(device.idOf(visit)).then((file) => {
    if (!file) return;
    const button = h("button", { type: "button", onclick: () => saveFile(visit, file) }, t("trustee.save_again"));
    place.append(paragraph(t("trustee.saved_as", { name: fileName(visit) })), h("div", { class: "actions" }, button));
  });
  return place;
}
