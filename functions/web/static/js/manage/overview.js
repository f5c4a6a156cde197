/** The page of an election: the ballot is made once somebody wants to see it, since it takes many modules. */
import { find } from "../dom.js";

find("#ballot").addEventListener("toggle", () => import("./preview.js"), { once: true });
