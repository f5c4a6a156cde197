/**
 * Takes a code out of the address of a mail's link (`#K7QM-3XPD`) into the form, so that nobody has to copy it. Behind
 * `#` it is sent to no server and is in no log; here it is taken out of the history as well.
 */

const code = decodeURIComponent(location.hash.slice(1));
const field = /** @type {HTMLInputElement | null} */ (document.querySelector('input[name="token"]'));
if (field && /^[0-9A-Za-z-]{8,40}$/.test(code)) {
  field.value = code;
  history.replaceState(null, "", location.pathname + location.search);
}
