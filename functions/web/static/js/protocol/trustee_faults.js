/**
 * What can be wrong with a ceremony of trustees. `reason` is as in docs/protocol.md, section 12, and the same as in
 * Python; `index` is the trustee whom it names, from 1, or null where nothing shows who it was.
 */
import { Malformed, ProtocolError } from "./errors.js";

export class CeremonyError extends Malformed {
  /** @param {string} reason @param {number | null} [index] */
  constructor(reason, index = null) {
    super(reason, index ? `trustee ${index}: ${reason}` : reason);
    this.index = index;
  }
}

/** A step that the trustee's earlier ones do not allow, like a complaint after it has confirmed. */
export class OutOfTurn extends ProtocolError {}

/** A file that does not hold what a trustee keeps. */
export class SecretsError extends ProtocolError {}
