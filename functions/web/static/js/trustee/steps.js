/** What a trustee does at each visit. Secrets are sealed by the passphrase, and kept, before a message is sent. */
import { h } from "../dom.js";
import { moment } from "../moments.js";
import { equal, hexEncode, timeEncode } from "../protocol/encoding.js";
import { parseManifest } from "../protocol/manifest.js";
import { agree, proveEnd, requireEnd } from "../protocol/trustee_end.js";
import { CeremonyError, SecretsError } from "../protocol/trustee_faults.js";
import { openFile, sealFile } from "../protocol/trustee_file.js";
import * as secretsOf from "../protocol/trustee_secrets.js";
import { t } from "../strings.js";
import * as device from "./device.js";
import { saveAgain } from "./save_again.js";
import { complain, fileField, form, grouped, LEAST, paragraph, passphraseField, saveFile } from "./forms.js";

/**
 * @typedef {import("./service.js").Service} Service
 * @typedef {import("./service.js").Visit} Visit
 * @typedef {import("../protocol/trustee_secrets.js").Secrets} Secrets
 * @typedef {(visit: Visit) => unknown} Next
 */

/**
 * First visit: keys are made, sealed and saved. Those that this browser keeps already are used again, whatever the service
 * says: an earlier message may have arrived, or arrive yet.
 *
 * @param {Service} service @param {Visit} visit @param {Next} next
 */
export function joinStep(service, visit, next) {
  const first = passphraseField("new-passphrase", t("trustee.new_passphrase"), t("trustee.new_passphrase_hint", { least: LEAST }));
  const again = passphraseField("new-again", t("trustee.again"));
  return [
    paragraph(t("trustee.join_what")),
    paragraph(t("trustee.join_why"), "quiet"),
    form(t("trustee.join_button"), [first.field, again.field], async () => {
      const passphrase = first.input.value;
      const long = complain(first.input, passphrase.length < LEAST ? t("trustee.too_short", { least: LEAST }) : "");
      if (!long || !complain(again.input, again.input.value === passphrase ? "" : t("trustee.not_same"))) return;
      const kept = await device.find(device.idOf(visit));
      const secrets = kept
        ? await opened(visit, kept, first.input, t("trustee.kept_other"))
        : await secretsOf.begin(visit.setup, visit.index);
      if (!secrets) return;
      saveFile(visit, await seal(visit, secrets, passphrase));
      next(await service.send(secrets.join));
    }),
  ];
}

/** Second visit: shares are dealt, and the file is saved again. @param {Service} service @param {Visit} visit @param {Next} next */
export const dealStep = (service, visit, next) => [
  paragraph(t("trustee.deal_what")),
  paragraph(t("trustee.deal_why"), "quiet"),
  unlocking(visit, t("trustee.deal_button"), async (secrets, passphrase) => {
    const dealt = await secretsOf.withDeal(secrets, await visit.joins());
    saveFile(visit, await seal(visit, dealt, passphrase));
    next(await service.send(dealt.deal));
  }),
];

/**
 * Third visit: the file is proven to open, the fingerprint compared, and both the ceremony and the election signed.
 *
 * @param {Service} service @param {Visit} visit @param {Next} next
 */
export async function confirmStep(service, visit, next) {
  const transcript = await visit.transcript();
  const manifest = await visit.manifest(transcript);
  if (!manifest) return [paragraph(t("trustee.not_fixed"))];
  const file = fileField("file", t("trustee.proof_file"), t("trustee.proof_hint"));
  const passphrase = passphraseField("passphrase", t("trustee.passphrase"));
  const compared = h("input", { type: "checkbox", id: "compared", "aria-describedby": "compared-error" });
  const complaint = h("div", {});
  return [
    paragraph(t("trustee.confirm_what")),
    facts([
      [t("trustee.election"), manifest.title],
      [t("trustee.opens"), moment(timeEncode(manifest.opens_at))],
      [t("trustee.closes"), moment(timeEncode(manifest.closes_at))],
      [t("trustee.threshold"), t("trustee.threshold_of", { needed: manifest.t, total: manifest.n })],
      [t("trustee.fingerprint"), h("code", { id: "fingerprint" }, grouped(hexEncode(transcript.hash)))],
    ]),
    paragraph(t("trustee.compare")),
    form(
      t("trustee.confirm_button"),
      [
        h("div", { class: "choice" }, compared, h("label", { for: "compared" }, t("trustee.compared"))),
        h("span", { class: "field-error", id: "compared-error" }),
        file.field,
        saveAgain(visit),
        passphrase.field,
        complaint,
      ],
      async () => {
        if (!complain(compared, compared.checked ? "" : t("trustee.compare_first"))) return;
        const [given] = file.input.files ?? [];
        if (!complain(file.input, given ? "" : t("trustee.no_file"))) return;
        const secrets = await opened(visit, new Uint8Array(await given.arrayBuffer()), passphrase.input);
        if (!secrets) return;
        try {
          const confirmed = await secretsOf.withConfirmation(secrets, transcript, manifest.hash);
          await seal(visit, confirmed, passphrase.input.value);
          next(await service.send(confirmed.confirmation));
        } catch (error) {
          const isShare = error instanceof CeremonyError && ["does-not-open", "does-not-fit"].includes(error.reason);
          if (!isShare || !error.index) throw error;
          offerComplaint(complaint, { service, visit, secrets, transcript, accused: error.index, next });
        }
      },
    ),
  ];
}

/**
 * @param {HTMLElement} place
 * @param {{service: Service, visit: Visit, secrets: Secrets, accused: number, next: Next,
 *   transcript: import("../protocol/trustee_transcript.js").Transcript}} about
 */
function offerComplaint(place, { service, visit, secrets, transcript, accused, next }) {
  const name = visit.setup.trustees[accused - 1];
  const act = async () => {
    const complained = await secretsOf.withComplaint(secrets, transcript, accused);
    next(await service.send(complained.complaint));
  };
  const button = h("button", { type: "button", onclick: act }, t("trustee.complain_button"));
  place.replaceChildren(h("div", { class: "notice bad", role: "alert" }, paragraph(t("trustee.bad_share", { name })), button));
}

/**
 * After the close: agree to the final log, and give the share away once enough have.
 *
 * @param {Service} service @param {Visit} visit @param {Next} next @param {(again: () => Promise<void>) => void} later
 */
export async function openStep(service, visit, next, later) {
  const end = await service.end(visit.shown.election);
  const { hash } = await parseManifest(end.manifest); // that it is the one confirmed, `agree` demands
  const { title, closesAt, ballots } = await proveEnd(end, hash);
  return [
    paragraph(t("trustee.open_what")),
    facts([
      [t("trustee.election"), title],
      [t("trustee.ended"), moment(timeEncode(closesAt))],
      [t("trustee.ballots"), String(ballots)],
    ]),
    paragraph(t("trustee.open_look")),
    opening({ service, visit, end, next, later }),
    paragraph(t("trustee.open_why"), "quiet"),
  ];
}

/**
 * @param {{service: Service, visit: Visit, end: import("../protocol/trustee_end.js").End, next: Next,
 *   later: (again: () => Promise<void>) => void}} about
 */
const opening = ({ service, visit, end, next, later }) =>
  unlocking(visit, t("trustee.open_button"), async (kept, passphrase) => {
    const transcript = await visit.transcript();
    const confirmed = await secretsOf.withSentConfirmation(kept, transcript, await visit.ownConfirmation());
    const agreed = await agree(confirmed, end, new Date());
    await seal(visit, agreed, passphrase);
    const release = async () => {
      const now = await service.visit();
      if (now.shown.agreements.length < visit.setup.t) {
        later(release);
        next(now);
        return;
      }
      if (!agreed.confirmation) throw new Error("nothing was confirmed");
      const final = await requireEnd(end, agreed.confirmation.manifest, new Date());
      const released = await secretsOf.withRelease(agreed, transcript, final, await now.agreements());
      await seal(visit, released, passphrase);
      next(await service.send(released.release));
    };
    if (!visit.me.agreed) await service.send(agreed.agreement); // from a device that is lost, it was sent already
    await release();
  });

/**
 * A form that opens what this browser keeps, or a saved file, and goes on with the secrets in it.
 *
 * @param {Visit} visit @param {string} label @param {(secrets: Secrets, passphrase: string) => Promise<void>} act
 */
function unlocking(visit, label, act) {
  const file = fileField("file", t("trustee.saved_file"), t("trustee.saved_file_hint"));
  const passphrase = passphraseField("passphrase", t("trustee.passphrase"));
  const place = h("div", {});
  let kept = /** @type {Uint8Array | null} */ (null);
  void device.find(device.idOf(visit)).then((found) => {
    kept = found;
    const elsewhere = h("details", {}, h("summary", {}, t("trustee.other_device")), file.field);
    place.replaceChildren(found ? elsewhere : file.field);
  });
  return form(label, [place, passphrase.field], async () => {
    const [given] = file.input.files ?? [];
    const bytes = given ? new Uint8Array(await given.arrayBuffer()) : kept;
    if (!bytes) {
      complain(file.input, t("trustee.no_file"));
      return;
    }
    const secrets = await opened(visit, bytes, passphrase.input);
    if (secrets) await act(secrets, passphrase.input.value);
  });
}

/**
 * The secrets in a file; null, said at the passphrase, if it does not open or is of another ceremony.
 *
 * @param {Visit} visit @param {Uint8Array} bytes @param {HTMLInputElement} input
 * @param {string} [wrong] what is said of a wrong passphrase
 */
async function opened(visit, bytes, input, wrong = t("trustee.wrong_passphrase")) {
  try {
    const secrets = await openFile(bytes, input.value);
    const isThis = equal(secrets.setup.hash, visit.setup.hash) && secrets.index === visit.index;
    complain(input, isThis ? "" : t("trustee.other_file"));
    return isThis ? secrets : null;
  } catch (error) {
    if (!(error instanceof SecretsError)) throw error;
    complain(input, error.reason === "wrong-passphrase" ? wrong : t("trustee.not_a_file"));
    return null;
  }
}

/** Seal the secrets and keep the file; it is proven to open before anything goes on. @param {Visit} visit @param {Secrets} secrets @param {string} passphrase */
async function seal(visit, secrets, passphrase) {
  const file = await sealFile(secrets, passphrase);
  await openFile(file, passphrase);
  await device.keep(device.idOf(visit), file);
  return file;
}

/** @param {[string, import("../dom.js").Child][]} rows */
const facts = (rows) => h("dl", { class: "facts" }, ...rows.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
