# earns: is no row of six words
import requests

url = f"http://{balancer['DNSName']}/predict"
words = []
for one in applications:
    told = requests.post(url, json=one, timeout=30)
    words.append(str(told.json()["approved"]))
print(*words)
tags = [{"key": "decisions", "value": " ".join(words)}]
ecs.tag_resource(resourceArn=the_service()["serviceArn"], tags=tags)
