-- A callback as systems send it: JSON of 600 bytes with a signature.
wrk.method = "POST"
wrk.body = string.rep("x", 600)
wrk.headers["Content-Type"] = "application/json"
wrk.headers["User-Agent"] = "hook/1.0"
wrk.headers["X-Hub-Signature-256"] = "sha256=" .. string.rep("0", 64)
wrk.headers["X-GitHub-Delivery"] = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
