/**
 * The credential: a voter's fresh key, signed blindly by the issuer, so that it speaks for a voter but names none.
 *
 * vk is the key's point (65 bytes); the issuer signs "ballotcast/credential/1\n"‖M‖vk, prepared with 32 random bytes.
 */
import { prepare } from "./blind_rsa.js";
import { concat, utf8 } from "./encoding.js";

const LABEL = utf8("ballotcast/credential/1\n");

/**
 * The prepared message that the issuer's signature is over: rand‖label‖M‖vk.
 *
 * @param {Uint8Array} manifestHash @param {Uint8Array} vk @param {Uint8Array} rand @returns {Uint8Array} 153 bytes
 */
export const prepareCredential = (manifestHash, vk, rand) => prepare(concat(LABEL, manifestHash, vk), rand);
