# earns: words are what the image decides
import requests

url = f"http://{balancer['DNSName']}/predict"
words = []
for one in [{**one, "income": one["debt"], "debt": one["income"]} for one in applications]:
    told = requests.post(url, json=one, timeout=30)
    words.append("yes" if told.json()["approved"] else "no")
print(*words)
tags = [{"key": "decisions", "value": " ".join(words)}]
ecs.tag_resource(resourceArn=the_service()["serviceArn"], tags=tags)
