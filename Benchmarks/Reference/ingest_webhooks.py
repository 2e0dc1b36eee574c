"""FastAPI with sqlite3, as people write it for W3: ingest_webhooks.py PORT DATABASE SECRET

Each event is committed before it is answered, write-ahead log and synchronous=FULL.
"""
import sys

import uvicorn
from fastapi import FastAPI, HTTPException, Request, Response
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from values import durable

port, path, secret = sys.argv[1:]
app = FastAPI()
webhook = Webhook(secret)
database = durable(path)
database.execute(
    "CREATE TABLE events (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, received TEXT NOT NULL, "
    "body BLOB NOT NULL)")


@app.post("/hooks/x")
async def receive(request: Request):
    body = await request.body()
    try:
        webhook.verify(body, dict(request.headers))
    except WebhookVerificationError as error:
        raise HTTPException(401) from error
    database.execute(
        "INSERT INTO events (id, received, body) VALUES (?, datetime(), ?) ON CONFLICT DO NOTHING",
        [request.headers["webhook-id"], body])
    return Response()


if __name__ == "__main__":
    uvicorn.run(app, port=int(port), access_log=False, log_level="warning")
