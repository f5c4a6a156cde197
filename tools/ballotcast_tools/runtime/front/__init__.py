"""HTTP in front of the functions: what API Gateway's REST API does for template.yaml. Also a mailbox page.

    app.py         the ASGI application: from a request to a response
    guards.py      Host and Origin: requests that a page of another site had sent are refused
    routing.py     from method and path to a route
    throttles.py   rates of the template's MethodSettings
    bodies.py      reading request bodies within limits
    events.py      requests as API Gateway's events
    pool.py        threads that call functions, and requests that wait for one
    responses.py   what functions return, as HTTP responses
    refusals.py    the gateway's own responses, in the template's words
    server.py      uvicorn around an application
    connections.py uvicorn's connections, with limits to their number and their slowness
    descriptors.py how many connections and files a process may have
    mailbox.py     the messages that this machine keeps instead of sending, on a port of its own

The API is served at the root of the address, as by a custom domain without a base path.
"""
