"""A sender with its own book, and the comparison of that book with the values."""

import base64, hashlib, hmac, http.client, json, threading, time
from collections import Counter

from company import INDICATOR, KEY, Failure


class Sender:
    """Sends events, each until it is acknowledged, and notes during what it was. Event n has the value n."""

    def __init__(self, company, workers=4, pause=0.0, first=0):
        self.company, self.pause = company, pause
        self.sent, self.acknowledged, self.statuses = set(), {}, Counter()
        self.lock = threading.Lock()
        self.port, self.stopping, self.number, self.during = None, False, first, "start"
        self.threads = [threading.Thread(target=self.work, daemon=True) for _ in range(workers)]
        for thread in self.threads:
            thread.start()

    def work(self):
        while not self.stopping:
            with self.lock:
                self.number += 1
                number = self.number
                self.sent.add(name(number))
            while not self.stopping and not self.deliver(number):
                time.sleep(0.02)
            time.sleep(self.pause)

    def deliver(self, number):
        port = self.port
        if port is None:
            return False
        status = post(self.company, port, number)
        with self.lock:
            self.statuses[status] += 1
            if 200 <= status < 300:
                self.acknowledged.setdefault(name(number), self.during)
        return 200 <= status < 300

    def known(self):
        """What was acknowledged up to now."""
        with self.lock:
            return set(self.acknowledged)

    def stop(self):
        self.stopping = True
        for thread in self.threads:
            thread.join(30)


def name(number):
    return f"e{number}"


def post(company, port, number):
    """Sends an event, signed now; the answer's status, 0 where there was none."""
    identifier = name(number)
    body = json.dumps({
        "id": identifier, "indicator": INDICATOR, "account": company.person,
        "time": f"{company.month}-03T10:00:00+08:00", "value": number})
    moment = str(int(time.time()))
    code = hmac.new(KEY, f"{identifier}.{moment}.{body}".encode(), hashlib.sha256).digest()
    headers = {
        "webhook-id": identifier, "webhook-timestamp": moment,
        "webhook-signature": "v1," + base64.b64encode(code).decode(), "content-type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", "/hooks/metrics", body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def settle(company, sent, acknowledged):
    """Uses what waits and compares the values with the book; how often each event is in the value."""
    company.run("inbox", "use")
    counted = used_events(company)
    lost, foreign = set(acknowledged) - set(counted), set(counted) - sent
    twice = [event for event, count in counted.items() if count != 1]
    value, wanted = value_of(company), sum(int(event[1:]) for event in counted)
    if twice or lost or foreign or value != wanted:
        raise Failure(
            f"lost {sorted(lost)[:5]} ({len(lost)}), twice {twice[:5]}, foreign {sorted(foreign)[:5]}, "
            f"value {value}, sum of its events {wanted}")
    company.run("verify")
    rebuilt = company.json("rebuild")
    if rebuilt["changed"] != 0:
        raise Failure(f"rebuild changed {rebuilt['changed']} values")
    return counted


def used_events(company):
    """The events that the published value is made of, each with how often it counts."""
    told = company.json("explain", INDICATOR, company.person, company.month)
    if told["published"] and not told["published"]["agrees"]:
        raise Failure("the evidence does not give the published value")
    return Counter(
        record["external_id"] for measure in told["measures"] for record in measure["records"] if record["counted"])


def value_of(company):
    for value in company.json("values", "--all"):
        if (value["indicator"], value["period"], value["subject"]["id"]) == (INDICATOR, company.month, company.person):
            return int(value["decimal"])
    return 0


def wait_until(condition, what, seconds=90):
    deadline = time.time() + seconds
    while not condition():
        if time.time() > deadline:
            raise Failure(f"waited in vain: {what}")
        time.sleep(0.05)
