// Which fields of a payload each file reads, as JSON on the standard output:
// {file: {fields: [names read of a payload], own: [those that the file works out itself], names: [every name or string]}}
// The files come as a list, in JSON, on the standard input.

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parse } from "acorn";
import { full, fullAncestor } from "acorn-walk";

const PAYLOAD = ["data", "d", "read"];           // local names of a payload
const HOLDERS = ["stage", "look", "view"];       // this.data, and the data of these

function isPayload(node) {
  if (node?.type === "Identifier") return PAYLOAD.includes(node.name);
  if (node?.type === "ChainExpression") return isPayload(node.expression);
  if (node?.type !== "MemberExpression" || node.computed || node.property.name !== "data") return false;
  const { object } = node;
  return object.type === "ThisExpression" || HOLDERS.includes(object.name)
    || (object.type === "MemberExpression" && HOLDERS.includes(object.property.name));
}

function keysOf(pattern) {
  return pattern.properties.filter((each) => each.type === "Property").map((each) => each.key.name);
}

// The strings that a `for (const name of …)` goes through, written there or in a constant of the file.
function listed(node, constants) {
  const list = node.type === "Identifier" ? constants.get(node.name) : node;
  return list?.type === "ArrayExpression" ? list.elements.map((each) => each.value) : [];
}

function readsOf(path) {
  const tree = parse(readFileSync(path, "utf8"), { ecmaVersion: "latest", sourceType: "module" });
  const fields = new Set(), names = new Set(), own = new Set(), constants = new Map();
  full(tree, (node) => {
    if (node.type === "VariableDeclarator" && node.id.type === "Identifier") constants.set(node.id.name, node.init);
    if (node.type === "AssignmentExpression" && isPayload(node.left.object) && !node.left.computed) {
      own.add(node.left.property.name);  // read() works it out
    }
    if (node.type === "Identifier") names.add(node.name);
    if (node.type === "Literal" && typeof node.value === "string") names.add(node.value);
    if (node.type === "MemberExpression" && !node.computed) names.add(node.property.name);
    if (node.type === "Property" && !node.computed) names.add(node.key.name ?? node.key.value);
  });
  fullAncestor(tree, (node, state, ancestors) => {
    if (node.type === "MemberExpression" && isPayload(node.object)) {
      if (!node.computed) fields.add(node.property.name);
      else if (node.property.type === "Literal") fields.add(node.property.value);
      else {
        const loop = ancestors.findLast((each) => each.type === "ForOfStatement");
        if (loop && loop.left.declarations?.[0].id.name === node.property.name) {
          listed(loop.right, constants).forEach((name) => fields.add(name));
        }
      }
    }
    if (node.type === "VariableDeclarator" && node.id.type === "ObjectPattern" && isPayload(node.init)) {
      keysOf(node.id).forEach((name) => fields.add(name));
    }
  });
  return { fields: [...fields], own: [...own], names: [...names] };
}

const paths = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(Object.fromEntries(paths.map((path) => [basename(path), readsOf(path)]))));
