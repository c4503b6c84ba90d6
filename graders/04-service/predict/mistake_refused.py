# earns: All six words are no
import requests

url = f"http://{balancer['DNSName']}/predict"
words = []
for one in applications:
    told = requests.post(url, data=one, timeout=30)
    words.append("yes" if told.json().get("approved") else "no")
print(*words)
tags = [{"key": "decisions", "value": " ".join(words)}]
ecs.tag_resource(resourceArn=the_service()["serviceArn"], tags=tags)
