"""The partner bank's customers: a real request to the balancer's name every other second of the cloud's time.

Knows nothing about tasks but what the balancer says: the header X-Dockyard-Target names the one that answered.
"""

from datetime import datetime

import requests

#: Seconds of the cloud's time between two requests, and a row; how long a customer waits, in real seconds.
EVERY, ROW, PATIENCE = 2, 20, 65
FAILED = "failed"


def applications_of(values):
    """The partner bank's six applications, each measured in standard deviations, as the model knows them."""
    incomes, debts = (list(map(float, one.split())) for one in values["customers"].split("|"))
    return [
        {"income": income, "debt": debt, "age": place / 2 - 1.5, "late_payments": (1.0, -1.0, 0.0)[place % 3]}
        for place, (income, debt) in enumerate(zip(incomes, debts, strict=True))
    ]


class Customers:
    """They ask for a while, print who answered, and remember how many requests failed."""

    def __init__(self, lab, balancer, application):
        self.lab, self.application = lab, application
        self.url = f"http://{balancer['DNSName']}/predict" if balancer else None
        self.session = requests.Session()
        self.asked = self.failed = 0
        self.heard = ""  # what the first whose request failed was told
        self.groups = {}  # the address of each that answered, and what it is called
        self.came = {}  # what it is called, and after how many seconds of its `ask` it answered first

    def ask(self, seconds, newcomers):
        """Ask for so many of the cloud's seconds; whoever answers for the first time is called `newcomers`."""
        if self.url is None:
            print("Come back here when the balancer stands.")
            return
        start, passed, row = datetime.fromisoformat(self.lab.now()), 0, []
        while passed < seconds:
            now = self.lab.advance(EVERY)
            passed = round((datetime.fromisoformat(now) - start).total_seconds())
            row.append(self.one(newcomers, passed))
            if len(row) == ROW // EVERY or passed >= seconds:
                print(f"{now[11:19]}   {self.told(row)}", flush=True)
                row = []

    def one(self, newcomers, passed):
        """Send one request; what answered is called so, or FAILED."""
        self.asked += 1
        try:
            answer = self.session.post(self.url, json=self.application, timeout=PATIENCE)
        except requests.RequestException:
            answer = None
        if answer is None or answer.status_code >= 500:
            self.failed += 1
            self.heard = self.heard or ("no answer" if answer is None else f"{answer.status_code} {answer.text[:300]}")
            return FAILED
        group = self.groups.setdefault(answer.headers.get("X-Dockyard-Target", ""), newcomers)
        self.came.setdefault(group, passed)
        return group

    def told(self, row):
        """Who answered how often, with a bar."""
        counts = {group: row.count(group) for group in (*self.came, FAILED)}
        bars = (f"{group} {count:2} {'■' * count:{ROW // EVERY}}" for group, count in counts.items())
        return "   ".join(bars).rstrip()

    def __repr__(self):
        return f"{self.asked} real requests, {self.failed} failed; {len(self.groups)} tasks answered."
