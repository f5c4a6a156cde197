"""A function's API as one page: rendered here, without scripts, so that no third party's code runs at our address."""

from html import escape
from typing import Any

from fastapi.responses import HTMLResponse

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}"
    "h2{font-size:1rem;margin:2rem 0 .25rem}code{font-family:ui-monospace,monospace}"
    "dt{font-family:ui-monospace,monospace;float:left;clear:left;width:14rem}dd{margin-left:15rem}"
    "@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}}"
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


def reference_page(openapi: dict[str, Any]) -> HTMLResponse:
    """One section per route: access, parameters, body, answers."""
    schemas = openapi.get("components", {}).get("schemas", {})
    sections = [
        _section(method, path, operation, schemas)
        for path, operations in sorted(openapi["paths"].items())
        for method, operation in operations.items()
    ]
    title = escape(openapi["info"]["title"])
    page = f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title><style>{STYLE}</style>"
    return HTMLResponse(f"{page}<h1>{title}</h1>{''.join(sections)}", headers={"Content-Security-Policy": POLICY})


def _section(method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> str:
    fields = [(parameter["name"], parameter["schema"]) for parameter in operation.get("parameters", [])]
    for content in operation.get("requestBody", {}).get("content", {}).values():
        fields += _properties(content["schema"], schemas)
    rows = "".join(f"<dt>{escape(name)}<dd>{escape(_kind(schema))}&nbsp;" for name, schema in fields)
    answers = ", ".join(operation.get("responses", {}))
    return (
        f"<h2><code>{method.upper()} {escape(path)}</code></h2>"
        f"<p>{escape(operation.get('description') or operation.get('summary', ''))} "
        f"<small>Access: {escape(operation.get('x-access', ''))}. Answers: {escape(answers)}.</small></p>"
        f"<dl>{rows}</dl>"
    )


def _properties(schema: dict[str, Any], schemas: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    resolved = schemas.get(schema.get("$ref", "").rpartition("/")[2], schema)
    return list(resolved.get("properties", {}).items())


def _kind(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(map(_kind, schema["anyOf"]))
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "items" in schema:
        return f"list of {_kind(schema['items'])}"
    return str(schema.get("format") or schema.get("const") or schema.get("type", "any"))
