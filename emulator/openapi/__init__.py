"""OpenAPI 3.1 documents of the vendors' APIs, and the page that shows them."""
