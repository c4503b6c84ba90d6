# earns: asks for 1 task: when it dies, nothing answers
import requests

url = f"http://{balancer['DNSName']}/predict"
decisions = []
for one in applications:
    told = requests.post(url, json=one, timeout=30)
    decisions.append("yes" if told.json()["approved"] else "no")
handed_in = [{"key": "decisions", "value": " ".join(decisions)}]
ecs.tag_resource(resourceArn=the_service()["serviceArn"], tags=handed_in)
print(*decisions)
ecs.update_service(**here, desiredCount=1)
wait_until_steady()
