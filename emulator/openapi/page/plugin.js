// What we add to Swagger UI: how everything is known, and snippets before anything is sent.

import { draft, hostOf } from "./drafts.js";
import { resolved } from "./references.js";
import { WRITERS } from "./snippets.js";

const BASIS = "x-basis";
const BASIS_OF = "x-basis-of";
const SHOWN = { "x-source": "source", "x-note": "note" };

export function plugin(whole, page) {
  return ({ React, Im }) => {
    const languages = new Im.OrderedMap(Object.entries(WRITERS).map(([name, each]) => [name, new Im.Map(each)]));
    const h = React.createElement;
    const badge = (basis) => basis && h("span", { className: `basis ${basis}` }, basis);
    const beside = (Original, basisOf) => (props) => h(React.Fragment, null, h(Original, props), badge(basisOf(props)));

    /** One extension of a parameter, an operation or a response. */
    function Extension({ xKey, xVal }) {
      const value = typeof xVal === "string" ? xVal : xVal?.toJS?.() ?? xVal;
      if (xKey === BASIS) return badge(value);
      if (xKey === BASIS_OF) return h("span", { className: "known" }, Object.entries(value).map(([part, basis]) => h("span", { key: part, className: "part" }, part, badge(basis))));
      if (!(xKey in SHOWN) || typeof value !== "string") return null;
      return h("span", { className: "known" }, `${SHOWN[xKey]}: `, /^https?:/.test(value) ? h("a", { href: value, rel: "noreferrer" }, value) : value);
    }

    /** All extensions of a schema but the basis, which stands beside its type. */
    function SchemaExtensions({ schema }) {
      const found = [BASIS_OF, ...Object.keys(SHOWN)].filter((key) => schema?.[key]);
      return found.length ? h("div", { className: "known" }, found.map((key) => h(Extension, { key, xKey: key, xVal: schema[key] }))) : null;
    }

    /** The request as it would be sent now, in every language; the sent one is shown by Swagger UI. */
    function Snippets({ path, method, specSelectors, system }) {
      if (specSelectors.requestFor(path, method)) return null;
      const Shown = system.getComponent("RequestSnippets", true);
      const request = draft({ whole, page, path, method, system });
      return request && h("div", { className: "drafts" }, h(Shown, { request }));
    }

    return {
      fn: { resolveSubtree: async (document, path) => ({ spec: resolved(document, path), errors: [] }) },
      statePlugins: { requestSnippets: { wrapSelectors: { getSnippetGenerators: () => () => languages } } },
      components: {
        ParameterExt: Extension,
        ResponseExtension: Extension,
        OperationExt: ({ extensions }) => h("div", { className: "known" }, extensions.entrySeq().toArray()
          .filter(([key]) => key !== BASIS).map(([key, value]) => h(Extension, { key, xKey: key, xVal: value }))),
        JSONSchema202012ExtensionKeywords: SchemaExtensions,
        OpenAPI31Extensions: () => null,
      },
      wrapComponents: {
        OperationSummaryPath: (Original) => beside(Original, ({ operationProps }) => {
          const [path, method] = [operationProps.get("path"), operationProps.get("method")];
          return (whole.paths[path] ?? whole.webhooks?.[path])?.[method]?.[BASIS];
        }),
        JSONSchema202012KeywordType: (Original) => beside(Original, ({ schema }) => schema?.[BASIS]),
        execute: (Original) => (props) => (hostOf(whole, props.path)
          ? h("p", { className: "known" }, `The Host ${hostOf(whole, props.path)} selects this operation. A browser cannot send it; a snippet can.`)
          : h(Original, props)),
        responses: (Original, system) => (props) => h(React.Fragment, null, h(Snippets, { ...props, system }), h(Original, props)),
      },
    };
  };
}
