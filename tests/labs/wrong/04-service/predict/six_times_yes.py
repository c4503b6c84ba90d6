# earns: All six words are yes; the image itself says so of
import requests

url = f"http://{balancer['DNSName']}/predict"
decisions = []
for one in applications:
    told = requests.post(url, json=one, timeout=30)
    decisions.append("yes" if told.json() else "no")
print(*decisions)
handed_in = [{"key": "decisions", "value": " ".join(decisions)}]
ecs.tag_resource(resourceArn=the_service()["serviceArn"], tags=handed_in)
