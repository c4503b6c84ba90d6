"""The partner bank's customers: real requests to the balancer's name, one a second of the cloud's time.

Knows nothing about tasks but what the balancer says: the header X-Dockyard-Target names the one that answered.
"""

import requests

#: Seconds of the cloud's time between two handfuls, and rows, and how long a customer waits.
EVERY, ROW, PATIENCE = 2, 20, 65


class Customers:
    """They ask for a while, print who answered, and remember how many requests failed."""

    def __init__(self, lab, balancer, application):
        self.lab, self.application = lab, application
        self.url = f"http://{balancer['DNSName']}/predict" if balancer else None
        self.session = requests.Session()
        self.asked = self.failed = 0
        self.groups = {}  # the address of each that answered, and what it is called
        self.came = {}  # what it is called, and after how many seconds of its `ask` it answered first

    def ask(self, seconds, newcomers):
        """Ask for so many of the cloud's seconds; whoever answers for the first time is called `newcomers`."""
        if self.url is None:
            print("Come back here when the balancer stands.")
            return
        row = []
        for passed in range(EVERY, seconds + 1, EVERY):
            self.lab.advance(EVERY)
            row.append(self.one(newcomers, passed))
            if passed % ROW == 0 or passed + EVERY > seconds:
                print(f"{self.lab.now()[11:19]}  {told(row)}", flush=True)
                row = []

    def one(self, newcomers, passed):
        """Send one request; what answered is called so, or "failed"."""
        self.asked += 1
        try:
            answer = self.session.post(self.url, json=self.application, timeout=PATIENCE)
        except requests.RequestException:
            answer = None
        if answer is None or answer.status_code >= 500:
            self.failed += 1
            return "failed"
        group = self.groups.setdefault(answer.headers.get("X-Dockyard-Target", ""), newcomers)
        self.came.setdefault(group, passed)
        return group

    def __repr__(self):
        return f"{self.asked} real requests, {self.failed} failed; {len(self.groups)} tasks answered."


def told(row):
    """Who answered how often, as text with a bar."""
    counts = {group: row.count(group) for group in sorted(set(row))}
    return "   ".join(f"{group} {count:2} {'■' * count:{ROW}}" for group, count in counts.items()).rstrip()
