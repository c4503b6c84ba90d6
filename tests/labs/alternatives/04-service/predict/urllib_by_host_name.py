import json
import urllib.request

words = []
for one in applications:
    asked = urllib.request.Request(
        f"http://{balancer['DNSName']}/predict", json.dumps(one).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked) as told:
        words.append({True: "YES", False: "NO"}[json.load(told)["approved"]])
tags = [{"key": "decisions", "value": ", ".join(words)}]
ecs.tag_resource(resourceArn=the_service()["serviceArn"], tags=tags)
