# earns: asks for 1 task: when it dies, nothing answers
import requests

url = f"http://{balancer['DNSName']}/predict"
words = []
for one in applications:
    told = requests.post(url, json=one, timeout=30)
    words.append("yes" if told.json()["approved"] else "no")
tags = [{"key": "decisions", "value": " ".join(words)}]
ecs.tag_resource(resourceArn=the_service()["serviceArn"], tags=tags)
print(*words)
ecs.update_service(**here, desiredCount=1)
wait_until_steady()
