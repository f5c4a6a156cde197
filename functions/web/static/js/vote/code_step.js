/** The second factor: a code that comes apart from the link. */
import { h } from "../dom.js";
import { moment } from "../moments.js";
import { ApiError } from "../protocol/errors.js";
import { t } from "../strings.js";
import { place } from "./back.js";
import { actions, show } from "./screen.js";

const DIGITS = /^[0-9]{6}$/;
/** What the voter can do something about here; anything else ends the step. */
const PASSING = ["code-wrong", "code-expired", "code-locked", "too-many-codes"];

/**
 * Have a code sent, and take it until it is right.
 *
 * @template T @param {string} way `email` or `sms`
 * @param {{order: () => Promise<void>, enter: (code: string) => Promise<T>, later: () => Node, depth?: number,
 *   casts?: boolean}} service
 *   `later`: makes the foot of the step; `depth`: of the step in the browser's history, where one can go back from it; `casts`:
 *   whether the right code casts the vote
 * @returns {Promise<T | null>} what `enter` returns for the right code; null if the voter went back before entering one
 */
export function enterCode(way, { order, enter, later, depth = 0, casts = true }) {
  let leave = () => {};
  const stay = () => {
    leave();
    leave = () => {};
  };
  return new Promise((resolve, reject) => {
    if (depth) leave = place(depth, { back: () => resolve(null) });
    const said = h("p", { class: "notice", role: "status", hidden: true });
    const wrong = h("span", { class: "error", id: "code-error", role: "alert" });
    const field = h("input", {
      class: "short",
      id: "code",
      name: "code",
      inputmode: "numeric",
      autocomplete: "one-time-code",
      "aria-describedby": "code-hint code-error",
    });
    const request = h("button", { type: "button", class: "primary" }, t(`vote.send_${way}`));
    const submit = h("button", { type: "submit" }, t("vote.enter_code"));
    const foot = h("div", {}, later());
    const back = h("button", { type: "button", hidden: !depth, onclick: () => history.back() }, t("vote.back"));

    /** @param {string} text */
    const complain = (text) => {
      // Where the browser keeps nothing, another step came between.
      if (text && !field.isConnected) display();
      wrong.textContent = text;
      if (text) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
      field.focus();
    };
    /** @param {string} text */
    const refusedCode = (text) => {
      foot.replaceChildren(later());
      complain(text);
    };
    /** @param {string} text */
    const tell = (text) => {
      said.hidden = false;
      said.textContent = text;
    };
    /**
     * One request at a time, whatever is clicked meanwhile.
     *
     * @param {() => Promise<void>} act @param {(text: string) => void} refused
     */
    const attempt = async (act, refused) => {
      if (request.disabled) return;
      request.disabled = submit.disabled = true;
      try {
        await act();
      } catch (error) {
        if (!(error instanceof ApiError && PASSING.includes(error.slug))) reject(error);
        else refused(refusal(error));
      } finally {
        request.disabled = submit.disabled = false;
      }
    };

    request.addEventListener("click", () =>
      attempt(async () => {
        await order();
        tell(t(`vote.sent_${way}`));
        request.textContent = t(`vote.resend_${way}`);
        complain("");
      }, tell),
    );
    /** @param {Event} event */
    const entered = (event) => {
      event.preventDefault();
      const code = field.value.replace(/\s/g, "");
      if (!DIGITS.test(code)) complain(t("vote.code_digits"));
      else {
        // From the first code on the ballot is sealed: there is no way back, and what was said of going on is outdated.
        stay();
        back.hidden = true;
        foot.replaceChildren();
        void attempt(async () => resolve(await enter(code)), refusedCode);
      }
    };
    const display = () =>
      show(
        "code",
        t("vote.code_title"),
        h("p", {}, t(`vote.code_${way}`)),
        casts && h("p", {}, t("vote.code_casts")),
        h("p", {}, request),
        said,
        h(
          "form",
          { onsubmit: entered, novalidate: true },
          h(
            "div",
            { class: "field" },
            h("label", { for: "code" }, t("vote.code_field")),
            h("span", { class: "hint", id: "code-hint" }, t("vote.code_hint")),
            field,
            wrong,
          ),
          actions(submit, back),
        ),
        foot,
      );
    display();
  }).finally(stay);
}

/** @param {ApiError} error */
function refusal({ slug, retryAfter }) {
  const until = new Date(Date.now() + (retryAfter ?? 60) * 1000);
  return t(`vote.${slug}`, { moment: moment(until.toISOString()) });
}
