/**
 * A rule for ESLint: wherever a script shows a text of the catalogue, that text exists, and every value that it has a
 * place for is given. `tests/unit/web/test_texts_of_templates.py` is the same for templates.
 *
 * Names that are made (`vote.step_${step}`) stand for all texts that they fit, but for those that some script names in
 * full. What cannot be told from the call alone, such as values that come as a parameter, is passed over.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

const HERE = new URL(".", import.meta.url);
/** @type {Record<string, Record<string, string | Record<string, string>>>} */
const CATALOGUE = JSON.parse(readFileSync(new URL("catalogue/en.json", HERE), "utf8"));
const TEXTS = new Map(
  Object.entries(CATALOGUE).flatMap(([section, texts]) =>
    Object.entries(texts).map(([name, text]) => [`${section}.${name}`, places(text)]),
  ),
);
const SCRIPTS = new URL("static/js/", HERE);
const NAMED = new Set(
  readdirSync(SCRIPTS, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".js"))
    .flatMap((path) => readFileSync(new URL(path, SCRIPTS), "utf8").match(/(?<=")\w+\.[\w-]+(?=")/g) ?? []),
);

/** What the findings depend on besides the script and its configuration: ESLint keeps those of scripts as they were. */
export const state = createHash("sha256")
  .update(JSON.stringify([CATALOGUE, [...NAMED].sort()]))
  .update(readFileSync(new URL(import.meta.url)))
  .digest("hex");

/**
 * What is filled in. `count` chooses the form where there are several.
 *
 * @param {string | Record<string, string>} text
 */
function places(text) {
  const forms = typeof text === "string" ? [text] : Object.values(text);
  const found = forms.flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  return new Set(typeof text === "string" ? found : ["count", ...found]);
}

/** What a constant is, or any other expression; null for what comes from elsewhere. */
function resolved(node, scope) {
  if (node.type !== "Identifier") return node;
  for (let at = scope; at; at = at.upper) {
    const found = at.set.get(node.name)?.defs;
    const [{ parent, node: made } = {}] = found ?? [];
    if (found) return parent?.kind === "const" && made.id.type === "Identifier" ? made.init : null;
  }
  return null;
}

/** The texts that an expression may name; null if that cannot be told. */
function keysOf(expression, scope) {
  const node = resolved(expression, scope);
  if (node?.type === "Literal") return [node.value];
  if (node?.type === "ConditionalExpression") {
    const [one, other] = [keysOf(node.consequent, scope), keysOf(node.alternate, scope)];
    return one && other && [...one, ...other];
  }
  if (node?.type !== "TemplateLiteral") return null;
  const parts = node.quasis.map(({ value }) => value.cooked.replace(/[.\\]/g, "\\$&"));
  if (!/\\\.\w/.test(parts.join("*"))) return null; // every text of its section would fit
  const form = new RegExp(`^${parts.join(".+")}$`);
  return [...TEXTS.keys()].filter((key) => form.test(key) && !NAMED.has(key));
}

/** The names of the values that are given; null if that cannot be told. */
function givenBy(expression, scope) {
  if (!expression) return [];
  const node = resolved(expression, scope);
  if (node?.type !== "ObjectExpression") return null;
  const plain = node.properties.every(({ type, computed }) => type === "Property" && !computed);
  return plain ? node.properties.map(({ key }) => key.name ?? key.value) : null;
}

export const texts = {
  meta: {
    type: "problem",
    messages: { unknown: "The catalogue has no text {{key}}.", missing: "The text {{key}} has a place for {{names}}." },
  },
  create(context) {
    return {
      "CallExpression[callee.name='t']"(node) {
        const [name, values] = node.arguments;
        const scope = context.sourceCode.getScope(node);
        const keys = keysOf(name, scope);
        const written = context.sourceCode.getText(name);
        if (keys?.length === 0) context.report({ node, messageId: "unknown", data: { key: written } });
        const given = givenBy(values, scope);
        for (const key of keys ?? []) {
          const wanted = TEXTS.get(key);
          if (!wanted) context.report({ node, messageId: "unknown", data: { key } });
          const missing = given && wanted ? [...wanted].filter((place) => !given.includes(place)) : [];
          if (missing.length) context.report({ node, messageId: "missing", data: { key, names: missing.join(", ") } });
        }
      },
    };
  },
};
