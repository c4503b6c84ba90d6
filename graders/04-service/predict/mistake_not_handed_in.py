# earns: has no tag named decisions
import requests

url = f"http://{balancer['DNSName']}/predict"
decisions = []
words = []
for one in applications:
    told = requests.post(url, json=one, timeout=30)
    words.append("yes" if told.json()["approved"] else "no")
print(*words)

if decisions and the_service():
    handed_in = [{"key": "decisions", "value": " ".join(decisions)}]
    ecs.tag_resource(resourceArn=the_service()["serviceArn"], tags=handed_in)
