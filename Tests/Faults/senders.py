#!/usr/bin/env python3
"""Sends to a served workspace what real libraries sign and encrypt, and the same with a byte changed: senders.py PORT."""

import base64, datetime, hashlib, http.client, json, os, sys, time, urllib.parse

import standardwebhooks, svix, xmltodict
from Crypto.Cipher import AES
from Crypto.Util.Padding import pad
from dingtalk.crypto import DingTalkCrypto
from wechatpy.work.crypto import WeChatCrypto

PORT = int(sys.argv[1])
SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
TOKEN, AES_KEY = "callbackToken0001", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
NOW = int(time.time())
EVENT = json.dumps({"id": "evt_1", "员工": "张三", "score": 97.5}, ensure_ascii=False)


def send(name, body="", headers={}, query={}, method="POST"):
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=20)
    path = f"/hooks/{name}" + ("?" + urllib.parse.urlencode(query) if query else "")
    connection.request(method, path, body.encode(), headers)
    response = connection.getresponse()
    return response.status, response.read().decode()


def both(name, body, headers={}, query={}):
    """The request as it is, and with the last digit or letter of its body changed."""
    status, _ = send(name, body, headers, query)
    place = max(i for i, character in enumerate(body) if character.isascii() and character.isalnum())
    changed = body[:place] + ("A" if body[place] != "A" else "B") + body[place + 1:]
    print(name, status, "tampered", send(name, changed, headers, query)[0])


moment = datetime.datetime.fromtimestamp(NOW, tz=datetime.timezone.utc)
for name, prefix, library in (("standard", "webhook", standardwebhooks), ("svix", "svix", svix)):
    both(name, EVENT, {
        prefix + "-id": "msg_1", prefix + "-timestamp": str(NOW),
        prefix + "-signature": library.Webhook(SECRET).sign("msg_1", moment, EVENT)})


def wechat(text):
    sealed = WeChatCrypto(TOKEN, AES_KEY, "ww1").encrypt_message(text, "n0nce", str(NOW))
    sealed = xmltodict.parse(sealed)["xml"]
    return sealed["Encrypt"], {"msg_signature": sealed["MsgSignature"], "timestamp": str(NOW), "nonce": "n0nce"}


message = f"<xml><FromUserName>sys</FromUserName><CreateTime>{NOW}</CreateTime><MsgId>7</MsgId></xml>"
sealed, query = wechat(message)
# The last letter of what is signed, not of the XML around it.
status, _ = send("wecom", f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>", query=query)
changed = ("A" if sealed[0] != "A" else "B") + sealed[1:]
tampered, _ = send("wecom", f"<xml><Encrypt><![CDATA[{changed}]]></Encrypt></xml>", query=query)
print("wecom", status, "tampered", tampered)
sealed, query = wechat("5ec7e7")
print("wecom address", *send("wecom", query=dict(query, echostr=sealed), method="GET"))

sealed = DingTalkCrypto(TOKEN, AES_KEY, "ding1").encrypt_message(EVENT, "n0nce", NOW * 1000)
both("dingtalk", json.dumps({"encrypt": sealed["encrypt"]}), query={
    "msg_signature": sealed["msg_signature"], "timestamp": sealed["timeStamp"], "nonce": "n0nce"})


def lark(document):
    vector = os.urandom(16)
    cipher = AES.new(hashlib.sha256(TOKEN.encode()).digest(), AES.MODE_CBC, vector)
    text = json.dumps(document, ensure_ascii=False).encode()
    return json.dumps({"encrypt": base64.b64encode(vector + cipher.encrypt(pad(text, 16))).decode()})


body = lark({"schema": "2.0", "header": {"event_id": "e1", "event_type": "x", "token": TOKEN}, "event": {"名": 1}})
sign = hashlib.sha256((str(NOW) + "n0nce" + TOKEN + body).encode()).hexdigest()
both("feishu", body, {
    "X-Lark-Request-Timestamp": str(NOW), "X-Lark-Request-Nonce": "n0nce", "X-Lark-Signature": sign})
body = lark({"type": "url_verification", "token": TOKEN, "challenge": "5ec7e7"})
print("feishu address", *send("feishu", body))
