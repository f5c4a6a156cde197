/**
 * ESLint's rules for the pages' scripts: what is not a matter of types, which `tsc` sees to, nor of promises, which
 * oxlint sees to. It needs nothing but ESLint itself, so that it can be loaded from wherever that is installed.
 */
import { state, texts } from "./texts_rule.mjs";

const network = ["fetch", "XMLHttpRequest", "WebSocket", "EventSource"];
const page = ["document", "window", "location", "history", "navigator", "localStorage", "sessionStorage", "indexedDB"];

/** @param {string[]} names @param {string} message */
const unknown = (names, message) => ["error", ...names.map((name) => ({ name, message }))];

export default [
  {
    files: ["static/js/**/*.js"],
    plugins: { ballotcast: { rules: { texts } } },
    settings: { texts: state },
    linterOptions: { reportUnusedDisableDirectives: "error", reportUnusedInlineConfigs: "error" },
    rules: {
      "ballotcast/texts": "error",

      // Faults.
      "array-callback-return": "error",
      "constructor-super": "error",
      "for-direction": "error",
      "no-async-promise-executor": "error",
      "no-compare-neg-zero": "error",
      "no-constant-binary-expression": "error",
      "no-constructor-return": "error",
      "no-control-regex": "off", // names of control characters are what several of ours look for
      "no-debugger": "error",
      "no-dupe-else-if": "error",
      "no-duplicate-case": "error",
      "no-duplicate-imports": "error",
      "no-empty": "error",
      "no-loss-of-precision": "error",
      "no-prototype-builtins": "error",
      "no-self-compare": "error",
      "no-template-curly-in-string": "error",
      "no-throw-literal": "error",
      "no-unmodified-loop-condition": "error",
      "no-unreachable-loop": "error",
      "no-unsafe-finally": "error",
      "no-unused-expressions": "error",
      "no-unused-private-class-members": "error",
      "no-unused-vars": "error",
      "no-useless-assignment": "error",
      "no-useless-backreference": "error",
      "prefer-promise-reject-errors": "error",
      radix: ["error", "always"],
      "use-isnan": "error",
      "valid-typeof": "error",

      // What hides faults.
      eqeqeq: "error",
      "no-console": "error",
      "no-else-return": "error",
      "no-implicit-coercion": ["error", { allow: ["!!"] }],
      "no-lonely-if": "error",
      "no-shadow": ["error", { hoist: "never" }],
      "no-useless-catch": "error",
      // A check that is switched off, or a type that checks nothing, takes a reason (`eslint-disable-next-line … -- why`).
      "no-warning-comments": [
        "error",
        { terms: ["@ts-ignore", "@ts-nocheck", "@ts-expect-error", "{any}", "<any>", "{*}"], location: "anywhere" },
      ],
      "no-useless-concat": "error",
      "no-useless-constructor": "error",
      "no-useless-escape": "error",
      "no-useless-rename": "error",
      "no-useless-return": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-template": "error",
      yoda: "error",

      // What would let a stranger's text become code or markup; the pages' Content-Security-Policy refuses it too.
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-script-url": "error",
      "no-restricted-properties": [
        "error",
        ...["innerHTML", "outerHTML", "insertAdjacentHTML", "srcdoc", "setHTMLUnsafe"].map((property) => ({
          property,
          message: "Texts become text nodes, never markup: see dom.js.",
        })),
        ...["write", "writeln"].map((property) => ({ object: "document", property, message: "See dom.js." })),
      ],
    },
  },
  {
    // Rules of counting are pure: the same ballots give the same account.
    files: ["static/js/counting/**/*.js"],
    rules: {
      "no-restricted-globals": unknown([...network, ...page, "Date", "setTimeout"], "Counting is pure."),
      "no-restricted-imports": ["error", { patterns: [{ regex: "^\\.\\./", message: "Counting is pure." }] }],
    },
  },
  {
    // The protocol runs on any page and in workers; api.js alone speaks to a server.
    files: ["static/js/protocol/**/*.js"],
    rules: {
      "no-restricted-globals": unknown(page, "The protocol knows no page."),
      "no-restricted-imports": [
        "error",
        { patterns: [{ regex: "^\\.\\./(?!\\.\\./vendor/)", message: "The protocol imports its own modules only." }] },
      ],
    },
  },
  {
    files: ["static/js/{counting,protocol,vote}/**/*.js"],
    rules: {
      "no-restricted-syntax": [
        "error",
        { selector: "MemberExpression[object.name='Math'][property.name='random']", message: "See encoding.js." },
      ],
    },
  },
  {
    files: ["static/js/protocol/**/*.js"],
    ignores: ["static/js/protocol/api.js"],
    rules: { "no-restricted-globals": unknown([...page, ...network], "The protocol speaks through api.js.") },
  },
];
